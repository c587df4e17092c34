"""Visits that no table is read from: they are many, and go as they are."""

from pathlib import Path

from douse.outputs.exchange.left_out import LeftOut
from douse.readers.visit_files import visit_files
from douse.records.measure import Because
from douse.tracing.index import store


def leave_visits(data: Path, read: int, left: LeftOut) -> None:
    """Say how many visits lie where no table is read from: in an index, or in files of a folder of their own."""
    if not read and store.exists(data / store.FOLDER):
        many, why = (
            len(store.open_index(data / store.FOLDER)),
            Because("They lie in an index: send their files as they are."),
        )
    else:
        files = visit_files(data) if data.is_dir() else []
        many = sum(file.parent != data for file in files)
        why = Because(
            "Files of the folder visits are not read here: send them as they are. Files are counted, not rows."
        )
    left.whole("visits", many, why)
