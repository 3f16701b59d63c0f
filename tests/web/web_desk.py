"""A browser at the desk."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from web_markup import Page
from werkzeug.test import TestResponse

SECRET = '[site]\nbase_url = "http://feeds.example"\n[server]\ntoken = "s3cret"\n'
OURS = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}


def sign_in(client: FlaskClient, token: str = "s3cret", headers: Any = OURS, **fields: str) -> TestResponse:
    """Load the page that asks for the token, type it in and send it."""
    mark = find_mark(client.get("/desk/sign-in").text)
    return client.post("/desk/sign-in", data={"form": mark, "token": token, **fields}, headers=headers)


def send(
    client: FlaskClient, path: str, page: str = "/desk/", headers: Any = OURS, **fields: Any
) -> TestResponse:
    """Load a page and send one of its forms."""
    mark = find_mark(client.get(page).text)
    return client.post(path, data={"form": mark, **fields}, headers=headers)


def find_mark(text: str) -> str | None:
    """The hidden field of a page's forms."""
    return Page(text).find("input", name="form")[0]["value"]
