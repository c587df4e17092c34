"""Cities made from the totals of their zones."""

from douse.city.made.invent import totals_of
from douse.city.made.make import Made, build_city, make_city
from douse.city.made.margins import margins
from douse.city.made.numbers import MadeNumbers, made_numbers

__all__ = ["Made", "MadeNumbers", "build_city", "made_numbers", "make_city", "margins", "totals_of"]
