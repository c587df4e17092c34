"""Planning: measures that hold the floor at the least burden."""

from douse.planning.make import make_plan
from douse.planning.plan import Plan

__all__ = ["Plan", "make_plan"]
