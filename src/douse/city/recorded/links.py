"""What investigators make of the namings: who infected whom, where, and when they came to know."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from douse.city.draws import stream
from douse.city.outbreak.files import Named
from douse.units import HOURS_PER_DAY

if TYPE_CHECKING:
    from douse.city.recorded.casebook import Casebook

_THOUGHT_OVER = 5.0  # hours from the last fact to its entry
_SHOWN_CLUSTER = 3  # cases linked to one place that make a cluster


@dataclass(frozen=True)
class Links:
    """Links of K cases on file.

    Attributes
    ----------
    infector : numpy.ndarray[int64], shape (K,)
        Position of the recorded infector; -1 for none.
    naming : list[Named | None]
        The naming, in either direction, that the link rests on.
    cluster : list[str | None]
        Name of the place where a recognised cluster began.
    told, cluster_told : numpy.ndarray[float64], shape (K,)
        When the link and the cluster came to be known, in hours; infinite for never.
    """

    infector: np.ndarray
    naming: list[Named | None]
    cluster: list[str | None]
    told: np.ndarray
    cluster_told: np.ndarray


def find_links(book: "Casebook") -> Links:
    """Link cases to their infectors.

    The true infector is found where one of the two named the other. Where the true infector is nobody on file, the
    investigators settle on the first case that named the person and fell ill earlier: that is sometimes wrong.
    """
    course, recorded = book.course, book.recorded
    infector = np.full(len(book.people), -1)
    naming: list[Named | None] = [None] * len(book.people)
    clues = _Clues(book)
    abroad = {traveller.person for traveller in course.travellers}
    share = book.scene.town.numbers.reporting.link_found.value
    found = stream(book.scene.town.seed, "links", book.luck).random(len(book.scene.town)) < share
    for at, person in enumerate(book.people.tolist()):
        if found[person] and person not in abroad:
            naming[at], source = clues.of(person, int(course.infector[person]))
            infector[at] = book.position[source] if source >= 0 else -1
    named = np.array([0.0 if n is None else n.found_on * HOURS_PER_DAY + n.found_hours for n in naming])
    told = np.maximum(np.maximum(recorded[infector], recorded), named) + _THOUGHT_OVER
    told = np.where(infector >= 0, told, np.inf)
    cluster, cluster_told = _clusters(book, naming, told)
    return Links(infector, naming, cluster, told, cluster_told)


class _Clues:
    """Namings by the cases on file."""

    def __init__(self, book: "Casebook") -> None:
        self.onset = book.course.onset(book.scene.illness)
        self.pairs: dict[tuple[int, int], Named] = {}
        self.namers: dict[int, list[Named]] = {}
        self.on_file = book.position >= 0
        for named in book.course.files.named:
            if self.on_file[named.case]:
                self.pairs.setdefault((named.case, named.contact), named)
                self.namers.setdefault(named.contact, []).append(named)

    def of(self, person: int, infector: int) -> tuple[Named | None, int]:
        """The naming that links a person to a case, and that case; None and -1 for none."""
        link = self.pairs.get((infector, person)) or self.pairs.get((person, infector))
        if link is not None and self.on_file[infector]:
            return link, infector
        for named in self.namers.get(person, []):
            if named.close and self.onset[named.case] < self.onset[person]:
                return named, named.case
        return None, -1


def _clusters(book: "Casebook", naming: list[Named | None], told: np.ndarray) -> tuple[list[str | None], np.ndarray]:
    """Name of the place where a case was infected, from the day on when enough linked cases were seen there."""
    place = [int(p) if n is not None else -1 for p, n in zip(book.course.place[book.people], naming, strict=True)]
    when: dict[int, list[float]] = {}
    for p, hours in zip(place, told.tolist(), strict=True):
        if p >= 0:
            when.setdefault(p, []).append(hours)
    seen = {p: sorted(hours)[_SHOWN_CLUSTER - 1] for p, hours in when.items() if len(hours) >= _SHOWN_CLUSTER}
    cluster_told = np.array([max(seen.get(p, np.inf), hours) for p, hours in zip(place, told.tolist(), strict=True)])
    return [book.scene.town.places.names[p] if p in seen else None for p in place], cluster_told
