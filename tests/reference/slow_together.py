"""Who was together with a host, by double loops over rows. Shares no helper with what it checks.

Hosts are (person, since, until); answers are sets of (host, person, first day, last day, near).
"""

import math

POINT = 50.0  # metres


def wards(hosts, stays, staff, today):
    """stays: person, facility, ward, entered, left (None: lasts); staff: person, facility, ward."""
    there = [(p, f, w, a, today if b is None else b, True) for p, f, w, a, b in stays]
    there += [(p, f, w, None, None, False) for p, f, w in staff]
    found = set()
    for host, since, until in hosts:
        for p, f, w, a, b, patient in there:
            for q, g, v, c, d, other in there:
                if p != host or q == host or (f, w) != (g, v) or not (patient or other):
                    continue
                first = max(x for x in (since, a, c) if x is not None)
                last = min(x for x in (until, b, d) if x is not None)
                if first <= last:
                    found.add((host, q, first, last))
    return found


def journeys(hosts, trips, rows, across):
    """trips: person, vehicle, day, coach, row, seat position (each may be None but the first three)."""
    found = set()
    for host, since, until in hosts:
        for p, v, day, coach, row, seat in trips:
            for q, u, other_day, other_coach, other_row, other_seat in trips:
                if p != host or q == host or (v, day) != (u, other_day) or not since <= day <= until:
                    continue
                if coach is not None and other_coach is not None and coach != other_coach:
                    continue
                near = coach == other_coach and row is not None and other_row is not None
                near = near and abs(row - other_row) <= rows
                if near and seat is not None and other_seat is not None:
                    near = abs(seat - other_seat) <= across
                found.add((host, q, day, day, near))
    return found


def named_places(hosts, visits):
    """visits: person, latitude, longitude, day, day_only (bool); no place has an identifier."""
    found = set()
    for host, since, until in hosts:
        for p, lat, lon, day, only in visits:
            for q, lat2, lon2, day2, only2 in visits:
                if p != host or q == host or day != day2 or not since <= day <= until or not (only or only2):
                    continue
                if round(lat, 4) == round(lat2, 4) and round(lon, 4) == round(lon2, 4):
                    continue  # one point after rounding: met elsewhere
                north = (lat - lat2) * 111_195
                east = (lon - lon2) * 111_195 * math.cos(math.radians(lat))
                if math.hypot(north, east) <= POINT:
                    found.add((host, q, day, day, False))
    return found
