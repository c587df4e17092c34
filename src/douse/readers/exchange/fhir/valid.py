"""Whether a resource is valid, by the FHIR library."""

from functools import cache
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError


def refused(resource: Any) -> str | None:
    """What the library has against a resource, without its values: element and rule; None where it is valid.

    The library's classes are of R4B (4.3.0), which has the resources read and written here as R4 (4.0.1) has them.
    """
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    model = _model(kind) if isinstance(kind, str) else None
    if model is None:
        return "resourceType"
    try:
        model.model_validate(resource)
    except ValidationError as bad:
        first = bad.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"] if isinstance(part, int) or part.isidentifier())
        return f"{where or kind} ({first['type']})"
    except (RecursionError, OverflowError, ArithmeticError):
        return f"{kind} (too deep or too large)"
    return None


def unknown(kind: str) -> str | None:
    """``resourceType`` where FHIR has no resource of that type; None where it has."""
    return None if _model(kind) is not None else "resourceType"


@cache
def _model(kind: str) -> Any:
    try:
        return get_fhir_model_class(kind)
    except (ValueError, KeyError, AttributeError):
        return None
