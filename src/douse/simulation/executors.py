"""Who works on the runs, from a word on the command line."""

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from douse.errors import UsageError

_DASK = "dask://"


@contextmanager
def opened(name: str | None) -> Iterator[Executor | None]:
    """An executor for as long as it is needed.

    Parameters
    ----------
    name : str or None
        None: threads of this process. ``processes``: as many processes as there are cores. ``dask://HOST:PORT``: a
        Dask cluster, whose workers need Douse; the package ``distributed`` must be installed.

    Raises
    ------
    UsageError
        When there is no such executor, or Dask is not installed or does not answer.
    """
    if name is None:
        yield None
    elif name == "processes":
        # Begun afresh, not forked: threads of Polars do not survive a fork.
        with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
            yield pool
    elif name.startswith(_DASK):
        with _cluster(name) as executor:
            yield executor
    else:
        raise UsageError(
            f"There is no executor {name}.",
            allowed="processes, dask://HOST:PORT",
            next_step="Leave --executor out to use the cores of this machine.",
        )


@contextmanager
def _cluster(name: str) -> Iterator[Executor]:
    try:
        from distributed import Client  # noqa: PLC0415  (of those who have a cluster)
    except ImportError as missing:
        raise UsageError(
            "Dask is not installed.", next_step="Install the package distributed beside Douse, or leave --executor out."
        ) from missing
    try:
        client = Client(f"tcp://{name.removeprefix(_DASK)}", timeout="10s")
    except (OSError, ValueError) as error:
        raise UsageError(
            f"No Dask scheduler answers at {name}.", next_step="Start one, or correct the address."
        ) from error
    with client:
        yield client.get_executor()
