"""The API, assembled: every operation, and how errors are told."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import HttpBearer

from douse import __version__
from douse.console.api import bundles, judging, persons, tables, uploads, work
from douse.console.problems import PROBLEM, problem
from douse.console.words import say

_WHERE = ("body", "query", "path")  # parts of an address that say nothing to people
SAYS = """The operations of the console for programs, on the same ledger, by the same policy, reach and masks.

Send a token of your account with every request: `Authorization: Bearer douse_…`. Rows are only ever added: a correction
is a whole row that takes the place of another, which stays in the history. Errors are problem JSON: what is wrong, what
is allowed, what to do next; never a value that was sent."""


class Token(HttpBearer):
    """Says in the OpenAPI document how to come in; who may was settled before, by the policy."""

    openapi_description = "A token of your account page."

    def authenticate(self, request: HttpRequest, token: str) -> str:
        """The middleware found out who it is, and the policy what they may."""
        del request
        return token or "-"


class Api(NinjaAPI):
    """Its document names the form of problems."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The OpenAPI document."""
        document = super().get_openapi_schema(**options)
        for methods in document["paths"].values():
            for operation in methods.values():
                for status, response in operation["responses"].items():
                    if int(status) >= HTTPStatus.BAD_REQUEST and "application/json" in response.get("content", {}):
                        response["content"] = {PROBLEM: response["content"]["application/json"]}
        return document


api = Api(
    title="Douse", version=__version__, description=SAYS, urls_namespace="api", docs_url=None, auth=Token(),
    openapi_extra={"info": {"license": {"name": "Apache-2.0"}}},
)  # fmt: skip
tables.add_to(api)
work.add_to(api)
judging.add_to(api)
persons.add_to(api)
uploads.add_to(api)
bundles.add_to(api)


@api.exception_handler(ValidationError)
def _not_as_asked(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What was sent is not what the schema asks for; where and what is allowed, without the value."""
    del request
    findings = [
        {
            "row": next((part for part in found["loc"] if isinstance(part, int)), None),
            "table": "", "column": ".".join(str(part) for part in found["loc"] if part not in _WHERE),
            "rule": found["type"], "what": _said(found), "allowed": str((found.get("ctx") or {}).get("expected", "")),
        }
        for found in error.errors
    ]  # fmt: skip
    what = say("What was sent is not what this operation asks for.")
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, what, "", say("See the findings, and /api/docs."), findings)


@api.exception_handler(HttpError)
def _not_read(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What was sent cannot be read at all."""
    del request
    return problem(error.status_code, say("What was sent cannot be read."), "JSON", say("See /api/docs."))


@api.exception_handler(Http404)
def _not_there(request: HttpRequest, error: Exception) -> HttpResponse:
    """Not there, or not within reach: the two are not told apart."""
    del request, error
    what = say("There is no such thing, or it is not within your reach.")
    return problem(HTTPStatus.NOT_FOUND, what, "", say("List the table to see what is there."))


def _said(found: dict[str, object]) -> str:
    """What is wrong in words; messages of the library that may carry a value are left out."""
    return str(found["msg"]) if found["type"] not in {"json_invalid", "model_attributes_type"} else "not as asked"
