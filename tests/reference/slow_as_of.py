"""The as-of view of the table of cases, row by row, in plain Python. Shares nothing with what it checks."""

from datetime import date, datetime


def as_of(rows: list[dict], moment: datetime) -> dict[str, dict]:
    """Cases in force by case_id: infector, onset, outcome, first told."""
    told = [row for row in rows if row["recorded_at"] is None or row["recorded_at"] <= moment]
    by_record = {row["record_id"]: row for row in told}
    replaced = set()
    for row in told:
        if row["supersedes"] is None or in_loop(row, by_record):
            continue
        replaced.add(row["supersedes"])
    for row in told:
        # A record that only members of a loop supersede stays; one that anybody else supersedes goes.
        if row["supersedes"] is not None and in_loop(row, by_record):
            target = by_record.get(row["supersedes"])
            if target is not None and not in_loop(target, by_record):
                replaced.add(row["supersedes"])
    in_force: dict[str, dict] = {}
    for row in sorted(told, key=lambda r: r["recorded_at"] or datetime.min):
        if row["record_id"] not in replaced or in_loop(row, by_record):
            in_force[row["case_id"]] = masked(row, by_record, moment)
    return merged(in_force)


def in_loop(row: dict, by_record: dict[str, dict]) -> bool:
    seen, at = set(), row
    while at["supersedes"] in by_record:
        at = by_record[at["supersedes"]]
        if at["record_id"] == row["record_id"]:
            return True
        if at["record_id"] in seen:
            return False
        seen.add(at["record_id"])
    return False


def masked(row: dict, by_record: dict[str, dict], moment: datetime) -> dict:
    first, at, seen = row["recorded_at"], row, set()
    while at["supersedes"] in by_record and at["record_id"] not in seen:
        seen.add(at["record_id"])
        at = by_record[at["supersedes"]]
        if at["recorded_at"] is not None:
            first = at["recorded_at"]
    return {
        "infector": row["infector"],
        "same_as": row["same_as"],
        "onset": hide(row["onset"], moment.date()),
        "outcome": row["outcome"] if hide(row["outcome_on"], moment.date()) == row["outcome_on"] else None,
        "first": first,
    }


def hide(day: date | None, limit: date) -> date | None:
    return None if day is not None and day > limit else day


def merged(in_force: dict[str, dict]) -> dict[str, dict]:
    survivor = {}
    for case, row in in_force.items():
        if row["same_as"] is None:
            continue
        path, at = [case], row["same_as"]
        while at in in_force and in_force[at]["same_as"] is not None and at not in path:
            path.append(at)
            at = in_force[at]["same_as"]
        if at in in_force and at not in path:
            survivor[case] = at
    kept = {case: dict(row) for case, row in in_force.items() if case not in survivor}
    for row in kept.values():
        row["infector"] = survivor.get(row["infector"], row["infector"])
    return kept
