"""Large bodies are refused by their headers where none can be large: on the pages that are open to all."""

from copy import copy
from functools import cache

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser

_SMALL = {"/public/": 32 * 1024, "/sign-in": 32 * 1024}  # beginning of a path -> bytes


@cache
def _with_limit(adjustments: Adjustments, limit: int) -> Adjustments:
    made = copy(adjustments)
    made.max_request_body_size = limit
    return made


class Parser(HTTPRequestParser):
    """Knows how large a body may be as soon as the path is known: nothing of a larger one is read."""

    def parse_header(self, header_plus: bytes) -> None:
        """Read the headers."""
        super().parse_header(header_plus)
        for path, limit in _SMALL.items():
            if self.path.startswith(path):
                self.adj = _with_limit(self.adj, limit)


class Channel(HTTPChannel):
    """A connection whose requests are read so."""

    parser_class = Parser
