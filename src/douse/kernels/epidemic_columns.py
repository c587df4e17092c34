"""What the arrays of a run hold: knobs and rules by position, what is counted, items of the agenda, columns of rows."""

from douse.kernels.epidemic_layout import MEETING_LAYERS, MOST_SLOTS, PAST

# Positions in the array of knobs.
(
    ASYMPTOMATIC, HOME_WHEN_ILL, RISK_VACCINATED, DAYS_TO_PROTECT, SURVIVAL, SHIELDS, AGAIN, GUARDED, SEVERE_SHIELDED,
    WEEKDAY, HOME_RATE,
) = range(11)  # fmt: skip
KNOBS = 11
# What is counted by day and age.
INFECTIONS, ONSETS, ADMISSIONS, INTENSIVE, DEATHS = range(5)
COUNTED = ("infections", "onsets", "admissions", "intensive", "deaths")

# Items of the agenda, in the order of a day: person | kind | day of exposure, or way of finding | day of sample | ring.
RESULT, REACH, TEST, SEEK = range(4)
KIND_AT, AUX_AT, RING_AT = 32, 36, 48
SAMPLE_AT = 3  # in the way of finding of a result: the day of its sample
# How a case was found.
BY_SYMPTOMS, BY_TRACING, BY_SCREENING, AT_ENTRY = range(4)
FALSELY = 4  # added: the person is not infected
MOST_ALARMS = 1000  # of a zone in a round, drawn one by one; from half as many on the number is the mean
# Rings of people to reach.
RING_ONE, RING_TWO, BACKWARD = range(3)

# Positions in the array of rules.
(
    SEEK_SHARE, RESULT_DAYS, LABORATORY, OTHER_TESTS, FALSE_SHARE, LOOKBACK_ILL, LOOKBACK_WELL, BACKWARD_DAYS,
    REACHED_SHARE, TRACERS, QUARANTINE_DAYS, QUARANTINE_STAY, RING_TWO_DAYS, OBEYS_QUARANTINE, ISOLATION_DAYS,
    BED_COUNT, OBEYS_ISOLATION, RING_VACCINATION, DOSES, SCREENED_SHARE, POOL, DETECTS_POOLED,
    FALSE_SCREENED, RECHECK_DAYS, WATCH_DAYS, RESPONDS_FROM, TRACES,
) = range(27)  # fmt: skip
RULES = 27
# What is counted by day.
(
    TESTED, TUBES, WAITING_TUBES, REACHED_PEOPLE, WAITING_PEOPLE, CASES, COMMUNITY_CASES, FALSE_CASES, NAMED_PEOPLE,
    DOSES_GIVEN, SCREENED_PEOPLE, NOT_TRACED, NEW_INFECTIONS,
) = range(13)  # fmt: skip
SERIES = 13
SERIES_NAMES = (
    "tests", "tubes", "tubes_waiting", "contacts_reached", "contacts_waiting", "cases", "community_cases",
    "false_cases", "contacts_named", "doses", "people_screened", "cases_not_traced", "infections",
)  # fmt: skip
# Scalars that last from day to day. To reach: contacts of cases; later: other people to reach.
(
    SIDE_ROWS, LABORATORY_LOAD, IN_BEDS, REACHED_TODAY, DOSES_TODAY, WAITING, COMMUNITY, LINES, ITEMS_LEFT, TO_REACH,
    LATER, NAMES,
) = range(12)  # fmt: skip
SCALARS = 12
# Columns of a meeting that a case names, where a run keeps them: on which day, by whom, whom, the day and layer of the
# meeting, ring, and the day on which the tracers mean to reach the person (NO_DAY: they never will).
NAME_WIDTH = 7
N_DAY, N_CASE, N_PERSON, N_MET, N_LAYER, N_RING, N_REACH = range(NAME_WIDTH)
# Columns of a case as it would be reported.
LINE_WIDTH = 6
L_PERSON, L_INFECTED, L_ONSET, L_SAMPLED, L_CONFIRMED, L_FOUND = range(LINE_WIDTH)
NO_DAY = -1000
# What one case may put on the agenda: people met in the days that are kept, reached after so many days at most.
LONGEST_DELAY = 60
MOST_NAMED = PAST * MEETING_LAYERS * MOST_SLOTS
# Columns of an infection that a run begins with or that arrives.
SEED_WIDTH = 8
S_DAY, S_PERSON, S_INFECTED, S_VARIANT, S_STAY, S_UNTIL, S_CONFIRMED, S_TESTED = range(SEED_WIDTH)
