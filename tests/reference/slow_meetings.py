"""Meetings at places by two loops over visits."""

from datetime import datetime, time, timedelta


def slow_meetings(visits, windows):
    """{(visitor, host, day, exact): (minutes or None, last day)} of meetings of hosts with others.

    `visits`: (person, place, start, end, exact); `windows`: host -> (first day, last day).
    """
    found = {}
    for host, place, entered, ended, exact in set(visits):
        if host not in windows:
            continue
        since, until = midnight(windows[host][0]), midnight(windows[host][1]) + timedelta(days=1)
        ended_before = ended <= since and entered < since
        if ended_before or entered >= until:
            continue
        start, end = max(entered, since), min(ended, until)
        for visitor, same_place, came, left, other_exact in set(visits):
            if visitor == host or same_place != place or not (start < left and came < end):
                continue
            begin, finish = max(start, came), min(end, left)
            key = (visitor, host, begin.date(), exact and other_exact)
            minutes, last_day = found.get(key, (0, begin.date()))
            just_before = (finish - timedelta(microseconds=1)).date()
            found[key] = (minutes + (finish - begin) / timedelta(minutes=1), max(last_day, just_before))
    return {key: (round(minutes, 6) if key[3] else None, last) for key, (minutes, last) in found.items()}


def midnight(day):
    return datetime.combine(day, time.min)
