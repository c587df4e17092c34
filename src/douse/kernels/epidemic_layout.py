"""Numbers that the kernels of an outbreak share: layers, purposes of random numbers, bits, columns."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Numbers = NDArray[np.uint32]
Whole = NDArray[np.int64]
Small = NDArray[Any]  # whole numbers of any width
Floats = NDArray[np.float64]

# Layers of contact.
HOUSEHOLD, GROUP, INSTITUTION, TRANSPORT, SHOP, ZONE, CITY, ENVIRONMENT = range(8)
LAYERS = ("household", "group", "institution", "transport", "shop", "zone", "city", "environment")
MEETING_LAYERS = 7  # all but the environment
MOST_SLOTS = 32

# Days: a run has at most LAST_DAY + 1 of them; an infection has consequences for TAIL days more.
DAY_BITS = 9
LAST_DAY = (1 << DAY_BITS) - 2
TAIL = 64
CALENDAR = LAST_DAY + 1 + TAIL

# The word of a person in a run: day of infection + 1 (0: never), variant, row of the side table (0: none).
INFECTED_MASK = (1 << DAY_BITS) - 1
VARIANT_AT = DAY_BITS
SIDE_AT = DAY_BITS + 1
MOST_SIDE = (1 << (32 - SIDE_AT)) - 1
PERSONAL_MASK = (1 << SIDE_AT) - 1  # infection and variant

# An event: infector, target, and layer | variant | slot | thinning.
LAYER_BITS, SLOT_BITS = 3, 5
META_VARIANT_AT = LAYER_BITS
META_SLOT_AT = LAYER_BITS + 1
META_THIN_AT = META_SLOT_AT + SLOT_BITS
THIN_BITS = 32 - META_THIN_AT
THIN_SCALE = 1.0 / (1 << THIN_BITS)
INGESTED = 1  # slot of an event of the environment that has left the infector
MOST_EVENTS = 1000  # of one person
BLOCK = 256  # events of one block of the calendar

# Purposes of random numbers, in the upper bits of what is drawn for; day and position follow.
PURPOSE_AT = 27
(
    NATURE, ONWARD, WORST, REFLECT, SCALE, OFFSET, MEETS, SHIELD, SEEKS, TESTS, REACHED, OBEYS, NAMED, ILL_AT_HOME,
    TURNOUT, FALSE_ALARM, SURVIVES, RETURNS,
) = (purpose << PURPOSE_AT for purpose in range(18))  # fmt: skip

# Rows of the side table: what was done to a person.
(
    FROM, UNTIL, STAY, FROM_BEFORE, UNTIL_BEFORE, STAY_BEFORE, CONFIRMED, SAMPLED, VACCINATED, REACHED_ON, FOUND_BY,
    REFUSED,
) = range(12)  # fmt: skip
SIDE_WIDTH = 12
# Stays, in rows of the table of what each leaves open.
NO_STAY, QUARANTINE_HOME, QUARANTINE_CENTRAL, ISOLATION_HOME, ISOLATION_BED = range(5)
STAYS = ("none", "quarantine_home", "quarantine_central", "isolation_home", "isolation_bed")

# A zone's regime: its level, and what is closed in it.
LEVEL_MASK, SCHOOLS_CLOSED, WORK_CLOSED = 3, 4, 8
REGIMES = 16
PAST = 32  # days for which regimes are kept, for tracing
