"""Files for the API: what the door finds comes back first; rows are saved when that is confirmed."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, File, NinjaAPI, Path, Schema, UploadedFile

from douse.console.actors import actor_of
from douse.console.api.answers import answer
from douse.console.api.schemas import PROBLEMS
from douse.console.cases import upload
from douse.console.cases.files import coming_of, grouped
from douse.console.cases.upload import Upload
from douse.console.reading import follow
from douse.console.writing import bring_in
from douse.records.finding import Checked


class Found(Schema):
    """Findings of one kind."""

    file: str
    column: str
    action: str = Field(description="row_set_aside, value_set_aside or note.")
    message: str
    next_step: str
    count: int
    rows: list[int] = Field(description="Some of the rows; never their values.")


class Coming(Schema):
    """What a table of an upload would bring."""

    table: str
    passed: int
    set_aside: int
    new: int
    corrected: int
    known: int
    outside: int = Field(description="Rows outside of the sender's zones: with any of them nothing is taken.")
    allowed: bool


class Looked(Schema):
    """An upload that was looked at, and waits to be confirmed."""

    upload: str
    files: list[str]
    tables: list[Coming]
    findings: list[Found]


class Taken(Schema):
    """Rows that were saved, by table."""

    new: dict[str, int]
    corrected: dict[str, int]
    known: dict[str, int]


def add_to(api: NinjaAPI) -> None:
    """Add the operations to the API."""

    @api.post("/uploads", url_name="uploads", tags=["uploads"], response={201: Looked, **PROBLEMS})
    def look(request: HttpRequest, files: File[list[UploadedFile]]) -> HttpResponse:
        """Send files; what the door finds comes back, and nothing is saved yet. They are kept for a day."""
        kept = upload.keep(files, actor_of(request).author)
        return answer(_looked(request, kept, upload.through_the_door(kept)), HTTPStatus.CREATED)

    @api.get("/uploads/{token}", url_name="upload", tags=["uploads"], response={200: Looked, **PROBLEMS})
    def look_again(request: HttpRequest, token: Path[str]) -> HttpResponse:
        """What the door found in an upload."""
        kept = _kept(request, token)
        return answer(_looked(request, kept, upload.through_the_door(kept)))

    @api.post("/uploads/{token}", url_name="upload", tags=["uploads"], response={201: Taken, **PROBLEMS})
    def confirm(request: HttpRequest, token: Path[str]) -> HttpResponse:
        """Save the rows of an upload that passed; what the ledger knows already adds nothing."""
        kept = _kept(request, token)
        taken = bring_in(request, upload.through_the_door(kept).records, action="import", reason=", ".join(kept.files))
        upload.drop(kept)
        return answer({"new": taken.new, "corrected": taken.corrected, "known": taken.known}, HTTPStatus.CREATED)

    @api.delete("/uploads/{token}", url_name="upload", tags=["uploads"], response={204: None, **PROBLEMS})
    def drop(request: HttpRequest, token: Path[str]) -> HttpResponse:
        """Delete the files of an upload without saving anything."""
        upload.drop(_kept(request, token))
        return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _looked(request: HttpRequest, kept: Upload, checked: Checked) -> dict[str, Any]:
    tables = [vars(one) for one in coming_of(actor_of(request), follow(), checked)]
    return {
        "upload": kept.token, "files": kept.files, "tables": tables,
        "findings": [vars(one) for one in grouped(checked.findings)],
    }  # fmt: skip


def _kept(request: HttpRequest, token: str) -> Upload:
    kept = upload.find(token, actor_of(request).author)
    if kept is None:
        raise Http404
    return kept
