"""City: people, places and movement where real tables are missing."""

from douse.city.demo import DemoCity, make_demo

__all__ = ["DemoCity", "make_demo"]
