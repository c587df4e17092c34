"""The work of tracing: tasks with their worth and hours, forwards and backwards, forms, and how far it has come."""

from douse.tracing.tasks.make import make_work, valued_tasks
from douse.tracing.tasks.work import Work

__all__ = ["Work", "make_work", "valued_tasks"]
