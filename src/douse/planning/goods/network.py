"""What the programme of goods is about, as arrays."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Network:
    """Depots (D), pairs of receiver and item (P), items (K), regions (R) and days (H).

    Attributes
    ----------
    item : numpy.ndarray[int64], shape (P,)
        Item of each pair.
    turn : numpy.ndarray[int64], shape (P,)
        Place in the protocol's order, 0 = served first.
    waits : numpy.ndarray[bool], shape (P,)
        What is missing on a day may be given later.
    mean, worst : numpy.ndarray[float64], shape (P, R, H)
        Needed a day: expected, and in the worst 5% of courses.
    stock : numpy.ndarray[float64], shape (D, K)
        In the depots at the start.
    coming : numpy.ndarray[float64], shape (D, K, H)
        What comes to the depots; it can be sent on the same day.
    own_stock : numpy.ndarray[float64], shape (P, R)
        What lies with the receivers at the start.
    own_coming : numpy.ndarray[float64], shape (P, R, H)
        What comes to the receivers by itself.
    near : numpy.ndarray[bool], shape (D, R)
        Which depots may serve which regions.
    hours : numpy.ndarray[float64], shape (D, P, R)
        Hours of a vehicle and its crew for one item of the pair.
    between : numpy.ndarray[float64], shape (D, D, K)
        Hours for one item from depot to depot; it is there on the next day. Infinite: not sent.
    crews : numpy.ndarray[float64], shape (D, H), or None
        Hours of crews that start from each depot; None: no crew is on record, and nothing limits.
    anywhere : numpy.ndarray[float64], shape (H,)
        Hours of crews that may start from any depot.
    """

    item: Ints
    turn: Ints
    waits: Bools
    mean: Floats
    worst: Floats
    stock: Floats
    coming: Floats
    own_stock: Floats
    own_coming: Floats
    near: Bools
    hours: Floats
    between: Floats
    crews: Floats | None
    anywhere: Floats

    @property
    def shape(self) -> tuple[int, int, int, int, int]:
        """D, K, P, R, H."""
        return (*self.stock.shape, *self.mean.shape)

    def counted_in(self, hours: Floats) -> "Network":
        """The same with each item counted by its hours, shape (K,), instead of in pieces."""
        of_pair = hours[self.item]
        return replace(
            self,
            mean=self.mean * of_pair[:, None, None],
            worst=self.worst * of_pair[:, None, None],
            stock=self.stock * hours,
            coming=self.coming * hours[:, None],
            own_stock=self.own_stock * of_pair[:, None],
            own_coming=self.own_coming * of_pair[:, None, None],
            hours=self.hours / of_pair[:, None],
            between=self.between / hours,
        )

    def without_crew_limit(self) -> "Network":
        """The same with crews enough for everything."""
        return replace(self, crews=None)

    def with_goods(self, more: Floats) -> "Network":
        """The same with `more` that comes to the depots; shape (D, K, H)."""
        return replace(self, coming=self.coming + more)

    def with_hours(self, hours: float) -> "Network":
        """The same with so many more hours of crews on every day, from any depot."""
        return replace(self, anywhere=self.anywhere + hours)
