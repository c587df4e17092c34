"""What a file of links holds: `library/links/<id>.toml`. How much each kind of evidence says of who infected whom."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from douse.library.number import Amount, Cited, Finite, Share, Shelved, rule_broken


class Levels(Cited):
    """Log weight of each level of one group of evidence, against the first level, which has none.

    Only differences count: what all candidates of a case share says nothing.
    """

    unit: Annotated[str, Field(pattern="^log odds$")]
    assumed: tuple[str, ...] = ()  # levels that the source does not tell: an estimate, inputs in the note
    weight: Annotated[dict[str, Finite], Field(min_length=1)]

    @model_validator(mode="after")
    def _assumed_are_levels(self) -> Self:
        if set(self.assumed) - set(self.weight):
            raise rule_broken("assumed names a level that has no weight", ", ".join(self.weight))
        return self


class Links(Shelved):
    """How much each kind of evidence says of who infected whom, and how far records can be trusted."""

    declared_error: Share  # of declared infectors
    origin_error: Share  # of origins on record (imported, local)
    arrival_imported: Share  # of cases of no known origin who arrived within one maximum incubation period
    unknown_imported: Share  # of other cases of no known origin
    contact_shown: Share  # of transmissions, between people of whom one is on record as a contact of the other
    household_shown: Share  # of transmissions, within a household
    daytime_place_shown: Share  # of transmissions, within a school class or workplace
    shown_pull: Amount  # cases that these three shares count for against those of the outbreak
    contact_otherwise: Share  # of other pairs near in time
    household_otherwise: Share
    daytime_place_otherwise: Share
    otherwise_pull: Amount  # pairs that these three shares count for
    missed: Share  # of infectors, where nothing tells how cases were found
    missed_traced: Share  # of infectors of cases found by contact tracing
    missed_cluster: Share  # of infectors of other cases of a recognised cluster
    missed_other: Share  # of infectors of all other cases
    through: Share  # of infectors who are on record but one: somebody unseen between
    through_temper: Share  # of the evidence that is left with somebody between
    background: Amount  # infections a day for which the unseen count, where no case is near in time
    wrong_dates: Amount  # probability a day that dates lie anywhere, for pairs that somebody named
    interval_spread: Share  # of the mean serial interval: its standard deviation between outbreaks
    recall: Share  # of onsets told a day too early, and as many too late
    after_confirmation: Share  # of infecting others that goes on after confirmation
    in_quarantine: Share  # of being infected that goes on in quarantine
    outside_exposure: Share  # of infections outside of the days of exposure on record
    learn_least: Amount  # declared infectors from which weights are learned from the outbreak itself
    learn_pull: Amount  # precision with which the weights of this file hold against the outbreak's own
    offspring_k: Amount  # dispersion of the number that one case infects
    evidence: dict[str, Levels]
