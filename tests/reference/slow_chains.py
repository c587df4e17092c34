"""Chains by walking from case to infector, one case at a time."""


def slow_cut(infector, order):
    """Infectors without loops: walk from every case; the first told of each loop loses its infector."""
    cut = dict(infector)
    for start in infector:
        line = []
        at = start
        while at is not None and at not in line:
            line.append(at)
            at = infector[at]
        if at is not None:
            loop = line[line.index(at) :]
            cut[min(loop, key=lambda case: order[case])] = None
    return cut


def slow_root(infector, case):
    """Root and generation of a case."""
    if infector[case] is None:
        return case, 0
    root, generation = slow_root(infector, infector[case])
    return root, generation + 1
