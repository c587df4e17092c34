"""Errors that a person reads: what is wrong, where, what was allowed, what to do next.

A message never holds a person's values: it names files, rows, columns and rules.
Every class has its own exit code; only a bug shows a traceback.
"""

from collections.abc import Mapping


class DouseError(Exception):
    """Base of all errors that a user can mend.

    Parameters
    ----------
    what : str
        What is wrong and where; with `facts` a sentence of the catalogue with ``{named}`` fields.
    allowed : str, optional
        What would have been right.
    next_step : str, optional
        What to do now.
    facts : Mapping[str, str or int], optional
        Fields of the sentence, so that a page can say it in another language; codes as they are kept.
    """

    exit_code = 3

    def __init__(
        self, what: str, *, allowed: str = "", next_step: str = "", facts: Mapping[str, str | int] | None = None
    ) -> None:
        self.sentence, self.facts = what, dict(facts or {})
        self.what = what.format_map(self.facts) if self.facts else what
        self.allowed = allowed
        self.next_step = next_step
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [self.what]
        if self.allowed:
            lines.append(f"  Allowed: {self.allowed}")
        if self.next_step:
            lines.append(f"  Next: {self.next_step}")
        return "\n".join(lines)


class UsageError(DouseError):
    """The command was asked for something that it cannot do."""

    exit_code = 2


class DataError(DouseError):
    """The data cannot be used at all (single bad rows are findings, never errors)."""

    exit_code = 4


class LibraryError(DouseError):
    """A pathogen, protocol or cost file is not what it should be."""

    exit_code = 5


class MappingError(DouseError):
    """A mapping file is not what it should be, or does not fit the data."""

    exit_code = 6
