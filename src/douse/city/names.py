"""Invented, neutral names for the places of the demo city."""

import numpy as np

from douse.city.draws import stream

CITY = "Brightwater City"
_FIRST = (
    "River", "Maple", "Stone", "Willow", "Cedar", "Orchard", "Lake", "Hill", "Spring", "Garden", "Pine", "Lotus",
    "Bamboo", "Plum", "Harbour", "Meadow", "Silver", "Amber", "Jade", "Cloud",
)  # fmt: skip
_SECOND = (
    "side",
    " Bridge",
    "field",
    " Gate",
    " Garden",
    " View",
    " Well",
    " Court",
    " Terrace",
    " Lane",
    "brook",
    " Park",
)
_COMPASS = ("East", "Northeast", "North", "Northwest", "West", "Southwest", "South", "Southeast")


def community_names(wanted: int, seed: int) -> list[str]:
    """Names without repetition (numbered from the second time on, when there are more zones than names)."""
    every = [
        a + b
        for b in _SECOND
        for a in _FIRST
        if a.lower() not in b.lower() and not (b[0] != " " and a.endswith(b.strip()[0]))
    ]
    mixed = stream(seed, "names").permutation(len(every))
    names = [every[i] for i in mixed]
    return [names[i % len(names)] + (f" {i // len(names) + 1}" if i >= len(names) else "") for i in range(wanted)]


def district_names(centres: np.ndarray, middle: np.ndarray) -> list[str]:
    """Names by direction from the middle of the city; the district around it is the central one.

    Parameters
    ----------
    centres : numpy.ndarray, shape (D, 2)
        Centre of each district, longitude and latitude.
    middle : numpy.ndarray, shape (2,)
        Centre of the city.
    """
    away = centres - middle
    distance = np.hypot(away[:, 0], away[:, 1])
    free = list(_COMPASS)
    names = []
    for district, (east, north) in enumerate(away.tolist()):
        if distance[district] < 0.35 * distance.max() or len(centres) == 1:
            names.append("Central District")
            continue
        angle = np.degrees(np.arctan2(north, east))
        turn = [abs((angle - 45 * _COMPASS.index(word) + 180) % 360 - 180) for word in free]
        # Whole directions first: "North" is plainer than "Northeast" up to 45 degrees away.
        turn = [t + (0 if len(word) <= len("South") else 23) for t, word in zip(turn, free, strict=True)]
        names.append(f"{free.pop(int(np.argmin(turn)))} District")
    return names
