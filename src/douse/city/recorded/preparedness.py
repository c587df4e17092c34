"""What the city has set aside: facilities, stock and shipments; and what residents ask for."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from douse.city.draws import stream
from douse.city.numbers import Capacity, StockItem
from douse.city.places import hospital_sites
from douse.city.recorded.casebook import Casebook
from douse.city.recorded.measures import Level, Measures, residents_of
from douse.city.town import Town
from douse.units import HOURS_PER_DAY

DEPOTS = ("depot-1", "depot-2")
_SHARES = (0.6, 0.4)  # of beds, rooms, tubes and stock between two
_COUNTED = 8  # hour of the daily count
_COUNT_DAYS = 3
_USED_A_DAY = 0.03  # share of the stock
_SCHEMA = {
    "facility_id": pl.String, "name": pl.String, "kind": pl.String, "building": pl.Int64, "beds": pl.Int64,
    "icu_beds": pl.Int64, "rooms": pl.Int64, "tests_per_day": pl.Int64, "staff": pl.Int64, "lead_time_days": pl.Int64,
}  # fmt: skip
_REQUESTS = ("food", "medicine", "food", "dependant_care", "medical_visit", "food", "medicine", "dialysis")
_ASKED_SHARE = 0.05  # of restricted households, a day
_UNMET_SHARE = 0.2


def facility_frame(town: Town) -> pl.DataFrame:
    """The table of facilities, in proportion to the number of residents."""
    at = hospital_sites(town.zoning, town.seed)
    return facilities(
        len(town), town.numbers.capacity, at, town.zoning.ground.site, town.zoning.ids["building"], town.seed
    )


def facilities(  # noqa: PLR0913, PLR0917
    people: int, have: Capacity, hospitals: Sequence[int], site: np.ndarray, ids: Sequence[str], seed: int
) -> pl.DataFrame:
    """Facilities for so many residents.

    Parameters
    ----------
    people : int
        Residents.
    have : Capacity
        Beds, rooms and tubes for them.
    hospitals : Sequence[int]
        Zone of each hospital, by number.
    site : numpy.ndarray[float64], shape (Z, 2)
        Longitude and latitude of each zone where something may stand; NaN where it is not known.
    ids : Sequence[str]
        Identifiers of the zones.
    seed : int
        Seed of the city.
    """
    thousands = people / 1000
    random = stream(seed, "facilities")
    sites = random.permutation(len(site)).tolist()
    shares = _SHARES if len(hospitals) == len(_SHARES) else [1 / len(hospitals)] * len(hospitals)

    def part(number: float, share: float) -> int:
        return max(1, round(number * thousands * share))

    rows: list[dict[str, object]] = []
    for n, (building, share) in enumerate(zip(hospitals, shares, strict=True), 1):
        beds, icu = part(have.hospital_beds.value, share), part(have.icu_beds.value, share)
        rows.append(_facility(f"hospital-{n}", "hospital", building, beds=beds, icu_beds=icu, staff=3 * beds + 6 * icu))
    beds = part(have.shelter_beds.value, 1)
    lead = int(have.shelter_lead.value)
    rows.append(_facility("shelter-1", "shelter_hospital", sites[0], beds=beds, staff=beds // 3, lead_time_days=lead))
    for n, share in enumerate(_SHARES, 1):
        rooms = part(have.quarantine_rooms.value, share)
        rows.append(
            _facility(f"site-{n}", "quarantine_site", sites[n % len(sites)], rooms=rooms, staff=rooms // 10 + 2)
        )
        tubes = part(have.tubes.value, share)
        lab, depot = sites[-n % len(sites)], sites[(-n - 2) % len(sites)]
        rows.append(_facility(f"lab-{n}", "laboratory", lab, tests_per_day=tubes, staff=tubes // 100 + 2))
        rows.append(_facility(DEPOTS[n - 1], "depot", depot, staff=5))
    sampling = max(1, round(people / have.people_per_site.value))
    rows += [
        _facility(f"sampling-{n + 1:02d}", "sampling_site", sites[n % len(sites)], staff=8) for n in range(sampling)
    ]
    frame = pl.DataFrame(rows, schema=_SCHEMA)
    at = frame["building"].to_numpy()
    spot = site[at]
    placed = frame.with_columns(
        zone=pl.Series([ids[b] for b in at], dtype=pl.String),
        latitude=pl.Series(spot[:, 1].round(6), nan_to_null=True),
        longitude=pl.Series(spot[:, 0].round(6), nan_to_null=True),
    )
    return placed.select("facility_id", "name", "kind", "zone", "latitude", "longitude", *list(_SCHEMA)[4:])


def _facility(facility_id: str, kind: str, building: int, **has: int) -> dict[str, object]:
    name = f"{kind.replace('_', ' ').capitalize()} {facility_id.rsplit('-', maxsplit=1)[-1].lstrip('0')}"
    return {"facility_id": facility_id, "name": name, "kind": kind, "building": building, "lead_time_days": 0, **has}


def stock_frame(book: Casebook) -> pl.DataFrame:
    """Morning counts of the last days in both depots."""
    town = book.scene.town
    frame = stock_counts(len(town), town.numbers.stock, book.scene.days)
    counted = frame["day"].to_numpy() * HOURS_PER_DAY + _COUNTED
    return frame.select(
        "facility_id",
        "item",
        book.moments(counted).alias("counted_at"),
        "quantity",
        book.moments(counted + 1).alias("recorded_at"),
    )


def stock_counts(people: int, stock: Sequence[StockItem], days: int) -> pl.DataFrame:
    """Stock of both depots for so many residents on the last days of `days`: facility_id, item, day, quantity."""
    rows = []
    for day in range(days - _COUNT_DAYS, days):
        for depot, share in zip(DEPOTS, _SHARES, strict=True):
            for item in stock:
                full = item.quantity.value * people / 1000 * share
                rows.append(
                    (depot, item.item, float(day), np.floor(full * (1 - _USED_A_DAY) ** (day - days + _COUNT_DAYS)))
                )
    return pl.DataFrame(rows, schema=["facility_id", "item", "day", "quantity"], orient="row")


def crew_frame(town: Town) -> pl.DataFrame:
    """Crews that carry and help, in proportion to residents: delivery from the depots, others spread over the city."""
    rows: list[dict[str, object]] = []
    buildings = town.zoning.ids["building"]
    order = stream(town.seed, "crews").permutation(len(buildings)).tolist()
    for size in town.numbers.crews:
        for number in range(max(1, round(size.crews.value * len(town) / 1000))):
            at_depot = size.kind == "delivery"
            zone = buildings[order[len(rows) % len(order)]]
            rows.append(
                {
                    "crew_id": f"{size.kind.replace('_', '-')}-{number + 1:02d}",
                    "kind": size.kind,
                    "facility_id": DEPOTS[number % len(DEPOTS)] if at_depot else None,
                    "zone": None if at_depot else zone,
                    "people": int(size.people.value),
                    "vehicles": int(size.vehicles.value),
                    "works_from": float(size.works_from),
                    "works_to": float(size.works_to),
                }
            )
    return pl.DataFrame(rows, infer_schema_length=None)


def production_frame(town: Town) -> pl.DataFrame:
    """What suppliers give the larger depot, day after day, from an order on."""
    return pl.DataFrame(
        [
            {
                "production_id": f"supply-{number}",
                "item": made.item,
                "to_facility": DEPOTS[0],
                "quantity_per_day": float(max(1, round(made.quantity.value * len(town) / 1000))),
                "lead_time_days": int(made.lead.value),
            }
            for number, made in enumerate(town.numbers.production, 1)
        ]
    )


def shipment_frame(book: Casebook) -> pl.DataFrame:
    """Two shipments that came and one on its way."""
    last = (book.scene.days - 1) * float(HOURS_PER_DAY)
    size = len(book.scene.town) / 1000
    sent = np.array([last - 6 * HOURS_PER_DAY + 9, last - 3 * HOURS_PER_DAY + 10, last - HOURS_PER_DAY + 14])
    received = np.array([sent[0] + 8, sent[1] + 26, np.nan])
    return pl.DataFrame(
        {
            "shipment_id": ["ship-1", "ship-2", "ship-3"],
            "item": ["protective_set", "reagent", "n95"],
            "quantity": [float(round(20 * size)), float(round(30 * size)), float(round(60 * size))],
            "from_facility": pl.Series([None, None, DEPOTS[1]], dtype=pl.String),
            "to_facility": [DEPOTS[0], "lab-1", "hospital-1"],
            "sent_at": book.moments(sent),
            "due_at": book.moments(sent).dt.offset_by("30h"),
            "received_at": book.moments(received),
            "recorded_at": book.moments(sent + 0.5),
        }
    )


def request_frame(book: Casebook, measures: Measures) -> pl.DataFrame:
    """What households under restrictive levels have asked for, most of it met within a day."""
    restrictive = [level for level in measures.levels if level.level in ("control", "lockdown")]
    parts = [_asked(book, number, level) for number, level in enumerate(restrictive)]
    household = np.concatenate([np.zeros(0, dtype=np.int64), *(part[0] for part in parts)])
    hours = np.concatenate([np.zeros(0), *(part[1] for part in parts)])
    order = np.lexsort((household, hours))
    household, hours = household[order], hours[order]
    town = book.scene.town
    random = stream(town.seed, "requests", book.luck)
    wait, unmet = random.exponential(10, len(hours)) + 1, random.random(len(hours)) < _UNMET_SHARE
    kind = random.integers(0, len(_REQUESTS), len(hours))
    first = town.residents.first
    return pl.DataFrame(
        {
            "request_id": [f"r{n + 1:04d}" for n in range(len(hours))],
            "zone": town.zone_of(first[household]),
            "household": town.household_ids.gather(household),
            "kind": pl.Series([_REQUESTS[k] for k in kind], dtype=pl.String),
            "people": (first[household + 1] - first[household]),
            "requested_at": book.moments(hours),
            "wanted_by": book.moments(hours).dt.offset_by("24h"),
            "met_at": book.moments(np.where(unmet, np.nan, hours + wait)),
            "recorded_at": book.moments(hours + 0.2),
        }
    ).with_columns(pl.col("people").cast(pl.Int64))


def _asked(book: Casebook, number: int, level: Level) -> tuple[np.ndarray, np.ndarray]:
    """Households of a zone that asked, and when, in hours."""
    households = np.unique(book.scene.town.residents.household[residents_of(book, level)])
    random = stream(book.scene.town.seed, "asked", book.luck, number)
    days = np.arange(level.start, book.scene.days)
    asks = random.random((len(households), len(days))) < _ASKED_SHARE
    who, when = np.nonzero(asks)
    return households[who], days[when] * float(HOURS_PER_DAY) + random.uniform(8, 21, len(who))
