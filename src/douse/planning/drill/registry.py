"""The policies that `douse drill` knows by name."""

from douse.planning.drill.baselines import BASELINES
from douse.planning.drill.decider import Brief, Maker, Policy, policy_named
from douse.planning.drill.follows import douse, from_file

POLICIES: dict[str, Maker] = {**BASELINES, "douse": douse}


def named(name: str, brief: Brief) -> Policy:
    """A fresh policy. Raises UsageError when there is none of the name."""
    return policy_named(name, brief, POLICIES, from_file)
