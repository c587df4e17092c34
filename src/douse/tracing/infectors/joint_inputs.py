"""What the joint tree is made from, and how it is sampled."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from douse.tracing.infectors.candidates import Candidates
from douse.tracing.infectors.infection_days import InfectionDays
from douse.tracing.infectors.places import Places
from douse.tracing.infectors.sequences import Distances

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Contacts:
    """Contacts between cases that somebody reported.

    Parameters
    ----------
    pairs : numpy.ndarray[int64], shape (Q, 2)
        Positions of two cases; if `directed`, the first may have infected the second.
    directed : bool
    """

    pairs: Ints
    directed: bool = False


@dataclass(frozen=True)
class Evidence:
    """What is known of N cases. Only days and the generation time are required.

    Parameters
    ----------
    days : InfectionDays
        On which days each may have been infected.
    generation : numpy.ndarray[float64], shape (M,)
        Probability of 0, 1, ... days from infector's to infected's infection.
    candidates : Candidates, optional
        Who may have infected whom, and log evidence of pairs and imports; without it anybody may have.
    contacts : Contacts, optional
    sequences : Distances, optional
    label : numpy.ndarray[int64], shape (N,), optional
        Kind (genotype, lineage) from 0 that a whole chain shares; -1 where not known.
    places : Places, optional
    isolated : numpy.ndarray[float64], shape (N,), optional
        Last day on which a case can infect; NaN where there is none.
    """

    days: InfectionDays
    generation: Floats
    candidates: Candidates | None = None
    contacts: Contacts | None = None
    sequences: Distances | None = None
    label: Ints | None = None
    places: Places | None = None
    isolated: Floats | None = None


@dataclass(frozen=True)
class Sampling:
    """Priors that carry no knowledge of a pathogen, and how long to sample.

    Parameters
    ----------
    generations : int
        Most generations from a case to its infector on record (outbreaker2's default).
    reporting : tuple of float
        Beta prior of the share of infections on record (outbreaker2's default: Jombart et al. 2014).
    coverage, false_contacts : tuple of float
        Beta priors of the share of transmissions with a contact on record, and of the chance that another pair has one,
        as a share of that (flat, as in Campbell et al. 2019).
    import_share : float
        Share of imports that is expected where no candidates with odds of their own are given: an outbreak is mostly
        its own, and days alone can hardly tell.
    import_spread : float
        Standard deviation of the normal prior of what is added to the log odds of imports (1: a share of 5% is 0.7% to
        27% at 95%); 0 takes the odds as they are.
    power_law : bool
        Spatial kernel (1 + km) ** -a instead of exp(-a km).
    chains, settle, sweeps, thin : int
        Chains; sweeps to settle down; sweeps after that; sweeps from one kept tree to the next.
    """

    generations: int = 5
    reporting: tuple[float, float] = (10.0, 1.0)
    coverage: tuple[float, float] = (1.0, 1.0)
    false_contacts: tuple[float, float] = (1.0, 1.0)
    import_share: float = 0.05
    import_spread: float = 1.0
    power_law: bool = False
    chains: int = 4
    settle: int = 400
    sweeps: int = 2500
    thin: int = 5
