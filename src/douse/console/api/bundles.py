"""Exchange of bundles with other instances: all that was appended since a number, and what another appended."""

import shutil
import tempfile
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from ninja import Field, File, NinjaAPI, Query, Schema, UploadedFile

from douse.console import instance
from douse.console.actors import actor_of
from douse.console.api.answers import answer
from douse.console.api.schemas import PROBLEMS
from douse.console.permissions import Actor, Refused
from douse.console.policy import EVERYWHERE, ROLES
from douse.console.writing import note
from douse.records.ledger.bundle import export_bundle, import_bundle
from douse.records.ledger.keys import signing_key, trusted

_PIECE = 1 << 20  # bytes
_ZIP = {"responses": {200: {"description": "The bundle.", "content": {"application/zip": {}}}}}


class Conflict(Schema):
    """Two entries that cannot both count, for a person to settle by a correction."""

    table: str
    record_id: str
    why: str = Field(description="same_record, or both_correct.")


class Exchanged(Schema):
    """What came of a bundle."""

    new: int
    known: int
    redacted: int
    conflicts: list[Conflict]


def add_to(api: NinjaAPI) -> None:
    """Add the operations to the API."""

    @api.get(
        "/bundles", url_name="bundles", tags=["bundles"], response={200: bytes, **PROBLEMS}, openapi_extra=_ZIP,
    )  # fmt: skip
    def export_since(request: HttpRequest, since: int = Query(0, ge=0, le=2**62)) -> HttpResponseBase:  # type: ignore[type-arg]
        """A signed bundle of all entries after a sequence number; for who keeps the records of the whole area."""
        actor = actor_of(request)
        check_whole(actor, "exchange")
        stores, keys = instance.current().stores, instance.current().keys
        note(actor, "export", object_table="ledger", object_id=f"since {since}")
        folder = Path(tempfile.mkdtemp(prefix="douse-bundle-"))
        export_bundle(stores.ledger, folder / "bundle.zip", since=since, key=signing_key(keys))
        name = {"Content-Disposition": 'attachment; filename="bundle.zip"'}
        return StreamingHttpResponse(_pieces(folder), content_type="application/zip", headers=name)

    @api.post("/bundles", url_name="bundles", tags=["bundles"], response={200: Exchanged, **PROBLEMS})
    def import_from(request: HttpRequest, file: File[UploadedFile]) -> HttpResponse:
        """Append what the bundle of a trusted instance brings; sent twice it adds nothing."""
        actor = actor_of(request)
        check_whole(actor, "exchange")
        with tempfile.TemporaryDirectory(prefix="douse-bundle-") as folder:
            path = Path(folder) / "bundle.zip"
            with path.open("wb") as out:
                for chunk in file.chunks():
                    out.write(chunk)
            note(actor, "import", object_table="ledger", object_id="bundle")
            made = import_bundle(instance.current().stores.ledger, path, trusted=trusted(instance.current().keys))
        conflicts: list[dict[str, Any]] = [vars(one) for one in made.conflicts]
        new, known = len(made.receipt), made.known
        return answer({"new": new, "known": known, "redacted": made.redacted, "conflicts": conflicts}, HTTPStatus.OK)


def _pieces(folder: Path) -> Iterator[bytes]:
    """The bundle of a folder, piece by piece; the folder goes with the last one."""
    try:
        with (folder / "bundle.zip").open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check_whole(actor: Actor, right: str) -> None:
    """Raise `Refused` unless somebody has a right in the whole area, in a role that reads every table."""
    granted = actor.grants_with(right)
    if not any(grant.zone == EVERYWHERE and "audit" in ROLES[grant.role].reads for grant in granted):
        raise Refused(
            "A bundle holds everything: this needs a role that keeps all records of the whole area.",
            allowed="data_steward of the whole area", next_step="Ask the data steward to do it.",
        )  # fmt: skip
