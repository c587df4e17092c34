"""`Contacts`: how many people somebody meets a day, in which layer, how closely, how far from home."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from douse.errors import UsageError
from douse.kernels.epidemic_contacts import neighbourhoods
from douse.kernels.epidemic_layout import CALENDAR, CITY, GROUP, INSTITUTION, LAYERS, MEETING_LAYERS, MOST_SLOTS
from douse.kernels.person_word import KINDS, NO_GROUP
from douse.simulation.contact_numbers import ContactNumbers, contact_numbers
from douse.simulation.contact_tables import contact_tables

_EVERYBODY = 1 << 40  # people of a block that holds any city


@dataclass(frozen=True)
class Contacts:
    """Meetings by layer.

    Attributes
    ----------
    slots : numpy.ndarray[int64], shape (2, 8, 8)
        Meetings a day on a working day and at the weekend, by kind of group and layer; at home everybody meets the
        others, so nothing is said of that layer.
    closeness : numpy.ndarray[float64], shape (8,)
        Weight of a meeting of a layer; only ratios between the layers outside the home count.
    block_people : numpy.ndarray[int64], shape (K,)
        For meetings between zones: people of the neighbourhoods within which they take place, ascending.
    block_share : numpy.ndarray[float64], shape (K,)
        Share of those meetings; sums to 1.

    Raises
    ------
    UsageError
        When numbers are not possible.
    """

    slots: NDArray[np.int64]
    closeness: NDArray[np.float64]
    block_people: NDArray[np.int64]
    block_share: NDArray[np.float64]

    def __post_init__(self) -> None:
        kinds, layers = len(KINDS), len(LAYERS)
        if self.slots.shape != (2, 8, layers) or self.closeness.shape != (layers,):
            raise ValueError(f"slots are of shape (2, 8, {layers}), closeness of shape ({layers},)")
        if self.slots.min() < 0 or self.slots.max() > MOST_SLOTS:
            raise UsageError(
                f"Somebody meets {self.slots.max()} people a day in one layer of contact.",
                allowed=f"0 to {MOST_SLOTS} meetings",
                next_step="Raise the closeness of the layer instead.",
            )
        if (self.closeness < 0).any() or (self.slots[:, kinds:] > 0).any():
            raise UsageError("A closeness of contacts is below 0.", allowed="0 and more", next_step="Correct it.")
        if (self.slots[:, NO_GROUP, GROUP : INSTITUTION + 1] > 0).any():
            raise UsageError(
                "People without a group are to meet others of their group.",
                allowed="0 meetings of kind none in groups and institutions",
                next_step="Give these meetings to a kind of group.",
            )
        shares = self.block_share
        if len(shares) == 0 or (shares < 0).any() or abs(shares.sum() - 1) > 1e-6 or (self.block_people < 2).any():
            raise UsageError(
                "The shares of meetings by distance do not make a whole.",
                allowed="blocks of 2 people and more, shares that sum to 1",
                next_step="Correct the list of distances.",
            )

    @property
    def slot_table(self) -> NDArray[np.int64]:
        """Meetings on a working day, at the weekend, and the larger of both; shape (3, 8, 8)."""
        return np.concatenate([self.slots, self.slots.max(axis=0, keepdims=True)])

    @property
    def block_upto(self) -> NDArray[np.float64]:
        """Running sum of the shares, the last above 1."""
        upto: NDArray[np.float64] = np.cumsum(self.block_share)
        upto[-1] = 2.0
        return upto

    def neighbourhoods(self, key: np.uint64, people: int) -> NDArray[np.int64]:
        """Blocks of people who meet between zones, by day of the calendar and slot; shape (CALENDAR, slots, 2)."""
        slots = max(1, int(self.slots[..., CITY].max()))
        between: NDArray[np.int64] = neighbourhoods(key, CALENDAR, slots, self.block_people, self.block_upto, people)
        return between

    def weights(self) -> NDArray[np.float64]:
        """Weight of a day's meetings outside the home by kind of group and layer; shape (8, 8)."""
        most: NDArray[np.float64] = self.slots.max(axis=0).astype(np.float64) * self.closeness
        most[:, 0] = 0.0
        most[:, MEETING_LAYERS:] = 0.0
        return most


def usual_contacts(numbers: ContactNumbers | None = None) -> Contacts:
    """The contacts of the library, `library/city/contacts.toml` by default."""
    tables = contact_tables(numbers or contact_numbers())
    slots = np.zeros((2, 8, len(LAYERS)), np.int64)
    slots[:, : len(KINDS)] = tables.slots.transpose(0, 2, 1)
    return Contacts(
        slots=slots,
        closeness=tables.closeness,
        block_people=np.where(tables.near_people == 0, _EVERYBODY, tables.near_people),
        block_share=np.diff(tables.near_share, prepend=0.0),
    )
