"""What the API offers, as a page without a script: made from the OpenAPI document, which is made from the tables."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from douse.console.api.api import SAYS, api
from douse.console.pages import page


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """All operations by table, with their fields."""
    document = api.get_openapi_schema()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tag = operation.get("tags", ["other"])[0]
            groups.setdefault(tag, []).append(_operation(document, path, method, operation))
    return page(request, "api_docs.html", groups=groups, says=SAYS.split("\n\n"))


def _operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    body: dict[str, Any] = next((one["schema"] for one in content.values()), {})
    return {
        "path": path, "method": method.upper(), "id": operation["operationId"],
        "says": operation.get("description") or operation.get("summary", ""),
        "asks": [_field(one["name"], one["schema"], needed=one["required"]) for one in operation.get("parameters", [])],
        "sends": _fields(document, body),
    }  # fmt: skip


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    schema = _resolved(document, schema)
    needed = set(schema.get("required", ()))
    found = []
    for name, one in schema.get("properties", {}).items():
        items = _resolved(document, one.get("items", {}))
        if items.get("properties"):
            found += [inner | {"name": f"{name}[].{inner['name']}"} for inner in _fields(document, items)]
        else:
            found.append(_field(name, one, needed=name in needed))
    return found


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document["components"]["schemas"].get(name, schema) if name else schema
    return found


def _field(name: str, schema: dict[str, Any], *, needed: bool) -> dict[str, Any]:
    kinds = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"] or [schema]
    kind = kinds[0]
    bounds = [f"{sign} {kind[key]}" for key, sign in (("minimum", "≥"), ("maximum", "≤")) if key in kind]
    return {
        "name": name, "needed": needed, "says": schema.get("description", ""),
        "type": kind.get("format") or kind.get("type", ""), "codes": kind.get("enum", []),
        "bounds": ", ".join(bounds), "unit": schema.get("x-unit", ""),
    }  # fmt: skip
