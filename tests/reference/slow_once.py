"""What remains of visits when time that is told twice is told once, minute by minute."""

from datetime import timedelta

MINUTE = timedelta(minutes=1)


def slow_once(batches):
    """{(person, place, exact): {minute: day told}} and {(person, place, exact, moment)} of visits of no length.

    `batches`: lists of (person, place, entered, left, exact, told_on), times in whole minutes. What an earlier batch
    tells stays; within a batch what was told first does.
    """
    told, moments = {}, set()
    for batch in batches:
        for person, place, entered, left, exact, told_on in sorted(batch, key=lambda visit: visit[5]):
            minutes = told.setdefault((person, place, exact), {})
            if entered == left:
                moments.add((person, place, exact, entered))
            at = entered
            while at < left:
                minutes.setdefault(at, told_on)
                at += MINUTE
    return {who: minutes for who, minutes in told.items() if minutes}, moments
