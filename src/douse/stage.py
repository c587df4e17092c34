"""What long work says of itself: a sentence with its facts, so that a page can say it in another language."""


class Stage(str):
    """A stage of work, in English.

    Attributes
    ----------
    sentence : str
        With names of facts in braces.
    facts : dict
        Name -> value.
    """

    __slots__ = ("facts", "sentence")
    sentence: str
    facts: dict[str, object]

    def __new__(cls, sentence: str, **facts: object) -> "Stage":
        """Make the text of a sentence and its facts."""
        made = super().__new__(cls, sentence.format(**facts))
        made.sentence, made.facts = sentence, facts
        return made
