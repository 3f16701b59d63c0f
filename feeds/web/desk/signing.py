"""Signing in with the token, and out again."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feeds.web.forms import check_form_alone
from feeds.web.presentation import local
from feeds.web.security import HOW_TO_SET_TOKEN, is_token
from feeds.web.sessions import find_access, sign_in, sign_out

LONGEST_PATH = 2000  # characters


def register(blueprint: Blueprint) -> None:
    """Put the pages at their addresses, below that of the desk."""
    blueprint.add_url_rule("/sign-in", "ask_token", ask_token)
    blueprint.add_url_rule("/sign-in", "sign_in", take_token, methods=["POST"])
    blueprint.add_url_rule("/sign-out", "sign_out", leave, methods=["POST"])


def ask_token() -> str | AnyResponse:
    """The form that the token is typed in; `?next=` is the page that it leads to."""
    wanted = find_wanted(request.args.get("next"))
    access = find_access()
    if access == "signed":
        return redirect(wanted)
    if access != "token":
        return render_template("desk/closed.html")
    return render_template("desk/sign-in.html", next=request.args.get("next", ""), is_wrong=False)


def take_token() -> Response | AnyResponse:
    """Sign in who knows the token, and lead on to the page that was wanted."""
    if find_access() in ("closed", "open"):
        abort(403, HOW_TO_SET_TOKEN)
    check_form_alone()
    if not is_token(request.form.get("token", "")):
        page = render_template("desk/sign-in.html", next=request.form.get("next", ""), is_wrong=True)
        return Response(page, 403)
    response = redirect(find_wanted(request.form.get("next")), 303)
    sign_in(response, datetime.now(UTC))
    return response


def leave() -> AnyResponse:
    """Sign out: this browser forgets its cookie."""
    response = redirect(url_for("desk.ask_token"), 303)
    sign_out(response)
    return response


def find_wanted(path: str | None) -> str:
    """Return where to go on to: the page that is named, if it is one of ours, else the desk."""
    return local(path) if path and is_path(path) else url_for("desk.show_overview")


def is_path(text: str) -> bool:
    """Whether a browser can only take this for a path of the same site, written as we write them."""
    is_own = text.startswith("/") and not text.startswith("//") and "\\" not in text
    return is_own and text.isprintable() and len(text) <= LONGEST_PATH
