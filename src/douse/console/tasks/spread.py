"""Who does which task: fairly, a household in one hand."""

from collections.abc import Iterable, Mapping, Sequence


def spread(
    visits: Sequence[Sequence[str | None]],
    within: Mapping[str, frozenset[str] | None],
    loads: Mapping[str, int],
) -> list[str | None]:
    """A name for each visit: of those who work in its zones the one who has least to do.

    Parameters
    ----------
    visits : sequence of sequences of str or None
        Zones of the tasks of each visit, one entry a task; the most urgent visit first.
    within : mapping of str to frozenset or None
        Name -> zones in which they work; None: the whole area.
    loads : mapping of str to int
        Name -> tasks that they have already.

    Returns
    -------
    list of str or None
        In the order of `visits`; None where nobody works in all zones of a visit.

    Notes
    -----
    Of two with as little to do the first by name, so that the same tasks are spread in the same way twice.
    """
    has = {name: loads.get(name, 0) for name in sorted(within)}
    found: list[str | None] = []
    for zones in visits:
        able = [name for name in has if _covers(within[name], zones)]
        name = min(able, key=lambda one: (has[one], one), default=None)
        if name is not None:
            has[name] += len(zones)
        found.append(name)
    return found


def _covers(zones: frozenset[str] | None, asked: Iterable[str | None]) -> bool:
    return zones is None or all(zone in zones for zone in asked)
