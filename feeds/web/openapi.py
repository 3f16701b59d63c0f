"""The description of the API as an OpenAPI 3.1 document, made of the types that are answered with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from feeds.web import shapes

REFERENCE = "#/components/schemas/{name}"


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing the API does: `answers` maps a status to the shape of its body (None: this document)."""

    method: str
    path: str
    summary: str
    answers: dict[int, type[shapes.Shape] | None]
    query: dict[str, str] = field(default_factory=dict)  #: name to description
    is_write: bool = False


OPERATIONS = (
    Operation("get", "/openapi.json", "This description.", {200: None}),
    Operation("get", "/sources", "All public sources.", {200: shapes.SourceList}),
    Operation("get", "/sources/{slug}", "One source.", {200: shapes.SourceDetail, 404: shapes.Problem}),
    Operation(
        "get",
        "/entries",
        "Entries, newest first.",
        {200: shapes.EntryList, 400: shapes.Problem, 404: shapes.Problem},
        query={
            "source": "Only those of this source: its slug.",
            "category": "Only those in this category: its name in addresses.",
            "search": "Only those of this saved search: its name in addresses.",
            "q": "Only those that hold these words and “phrases”; -word, source:, category:, lang:, before:"
            " and after: narrow it.",
            "lang": "Only those in this language: zh takes zh-Hans and zh-Hant.",
            "since": "Only those placed at or after this date or moment (RFC 3339).",
            "limit": "At most so many: 1 to 200, else 40.",
            "before": "Continue after the entry with this key.",
        },
    ),
    Operation(
        "get",
        "/entries/{key}",
        "One entry; 410 once its source has withdrawn it.",
        {200: shapes.EntryShape, 404: shapes.Problem, 410: shapes.Problem},
    ),
    Operation(
        "get",
        "/withdrawn",
        "Tombstones of entries that were withdrawn, the latest first.",
        {200: shapes.WithdrawnList, 400: shapes.Problem, 404: shapes.Problem},
        query={
            "limit": "At most so many: 1 to 200, else 40.",
            "before": "Continue after the entry with this key.",
        },
    ),
    Operation("get", "/status", "How the service is.", {200: shapes.StatusShape}),
    Operation("get", "/refreshes", "The last refreshes.", {200: shapes.RefreshList}),
    Operation(
        "post",
        "/refreshes",
        "Ask for a refresh of the sources named in the body, or of all; Location says where to follow it.",
        dict.fromkeys((400, 401, 403, 404, 413, 429), shapes.Problem) | {202: shapes.RefreshShape},
        is_write=True,
    ),
    Operation(
        "get",
        "/refreshes/{id}",
        "The progress of a refresh, or its result.",
        {200: shapes.RefreshShape, 404: shapes.Problem},
    ),
)

MEANINGS = {
    200: "The answer.",
    202: "Recorded; the poller carries it out.",
    400: "A parameter cannot be understood.",
    401: "The token is missing or wrong.",
    403: "No token is configured.",
    404: "There is nothing of this name.",
    410: "It was withdrawn.",
    413: "The body is too large.",
    429: "The last refresh has only just ended.",
    503: "The database does not answer.",
}

#: What stands in the header of an answer, by its status.
HEADERS = {
    202: {"Location": {"schema": {"type": "string", "format": "uri"}}},
    429: {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}},
}

REFRESH_BODY = {
    "type": "object",
    "properties": {
        "source": {
            "description": "The slug of a source, or several; all without it.",
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        }
    },
}


def describe_api(base_url: str, version: str) -> dict[str, Any]:
    """Return the document (OpenAPI 3.1.0)."""
    types = {shape for operation in OPERATIONS for shape in operation.answers.values() if shape}
    _, schemas = msgspec.json.schema_components(types, ref_template=REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _describe(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "feeds", "version": version, "summary": "What the pages show, as JSON."},
        "servers": [{"url": f"{base_url}/api/v1"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _describe(operation: Operation) -> dict[str, Any]:
    answers = operation.answers | {503: shapes.Problem}
    described: dict[str, Any] = {
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation.path), *_query_parameters(operation.query)],
        "responses": {str(code): _describe_answer(code, shape) for code, shape in sorted(answers.items())},
    }
    if operation.is_write:
        described["security"] = [{"token": []}]
        described["requestBody"] = {
            "content": {
                media_type: {"schema": REFRESH_BODY}
                for media_type in ("application/json", "application/x-www-form-urlencoded")
            }
        }
    return described


def _describe_answer(code: int, shape: type[shapes.Shape] | None) -> dict[str, Any]:
    schema = {"$ref": REFERENCE.format(name=shape.__name__)} if shape else {"type": "object"}
    described: dict[str, Any] = {
        "description": MEANINGS[code],
        "content": {"application/json": {"schema": schema}},
    }
    if code in HEADERS:
        described["headers"] = HEADERS[code]
    return described


def _path_parameters(path: str) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query_parameters(query: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "description": text, "schema": {"type": "string"}}
        for name, text in query.items()
    ]
