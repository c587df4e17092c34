"""Layers of contact as arrays, and what a level leaves of them."""

from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from douse.kernels.person_word import KINDS, SCHOOL, WORK
from douse.library.codes import ContactPlace
from douse.library.protocol import LevelRule
from douse.simulation.contact_numbers import LAYERS, SLOT_LAYERS, ContactNumbers, Recall

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]
GROUP, INSTITUTION, TRANSPORT, SHOP, ZONE, CITY = (LAYERS.index(name) for name in SLOT_LAYERS)
# Layer and kinds of groups that a place of a level rule stands for.
_MEETINGS: dict[ContactPlace, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "school": ((GROUP, INSTITUTION), (SCHOOL,)),
    "work": ((GROUP, INSTITUTION), (WORK,)),
    "transport": ((TRANSPORT,), tuple(range(len(KINDS)))),
    "shop": ((SHOP,), tuple(range(len(KINDS)))),
    "zone": ((ZONE,), tuple(range(len(KINDS)))),
    "city": ((CITY,), tuple(range(len(KINDS)))),
}


@dataclass(frozen=True)
class ContactTables:
    """Layers of contact; rows are the 8 layers, from household to environment.

    Attributes
    ----------
    slots : numpy.ndarray[uint8], shape (2, 8, 5)
        Meetings a day on weekdays and on weekends, by layer and kind of group; 0 for household and environment.
    closeness : numpy.ndarray[float64], shape (8,)
        Risk of a meeting, of that of a day with a household mate; household 1, environment 0.
    forward, backward : numpy.ndarray[float64], shape (8,)
        Share of contacts whom a case names: of the days when they may infect others, of those when they were infected.
    near_people : numpy.ndarray[int64], shape (b,)
        Sizes of the blocks in which people of the layer city meet, ascending; 0, the whole city, comes last.
    near_share : numpy.ndarray[float64], shape (b,)
        Cumulated shares of the blocks; the last is 1.
    """

    slots: Bytes
    closeness: Floats
    forward: Floats
    backward: Floats
    near_people: NDArray[np.int64]
    near_share: Floats


def contact_tables(numbers: ContactNumbers) -> ContactTables:
    """The layers of the library as arrays."""
    slots = np.zeros((2, len(LAYERS), len(KINDS)), np.uint8)
    for at, layer in enumerate(numbers.layer, start=1):
        for day, meetings in enumerate((layer.weekday, layer.weekend)):
            slots[day, at] = [getattr(meetings, kind) for kind in KINDS]
    recalls: list[Recall] = [numbers.household, *(layer.recall for layer in numbers.layer)]
    return ContactTables(
        slots=slots,
        closeness=np.array([1.0, *(layer.closeness.value for layer in numbers.layer), 0.0]),
        forward=np.array([*(recall.forward.value for recall in recalls), 0.0]),
        backward=np.array([*(recall.backward.value for recall in recalls), 0.0]),
        near_people=np.array([block.people for block in numbers.near], np.int64),
        near_share=np.minimum(np.cumsum([block.share.value for block in numbers.near]), 1.0),
    )


def contacts_left(rule: LevelRule, numbers: ContactNumbers) -> Floats:
    """What a level leaves of contacts, by layer and kind of group.

    A level takes the share `stays_home` of the contacts outside the household; where the rule names a place in
    `contacts_cut`, it takes that share there instead. Care homes and hospitals lose none within: they stay open. Of
    what is forbidden, the share `compliance.level.keeps` does not take place.

    Returns
    -------
    numpy.ndarray[float64], shape (8, 5)
        From 0 to 1; household and environment 1.
    """
    cut = np.zeros((len(LAYERS), len(KINDS)))
    for place in get_args(ContactPlace):
        layers, kinds = _MEETINGS[place]
        cut[np.ix_(layers, kinds)] = rule.contacts_cut.get(place, rule.stays_home).value
    return 1 - numbers.compliance.level.keeps.value * cut
