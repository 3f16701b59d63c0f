"""What all answers of the API have in common."""

from __future__ import annotations

import msgspec
from flask import Response


class Shape(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of JSON object; addresses in it are absolute, times RFC 3339 in UTC."""


class Problem(Shape, frozen=True):
    """Why a request was refused, in one line."""

    error: str


def answer(shape: Shape, status: int = 200) -> Response:
    """Return the JSON answer."""
    return Response(msgspec.json.encode(shape), status, content_type="application/json")
