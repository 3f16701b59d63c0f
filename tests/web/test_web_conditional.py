"""Preconditions and codings as RFC 9110 has them."""

from datetime import UTC, datetime

import pytest

from feeds.web.conditional import (
    Preconditions,
    find_coding,
    find_status,
    list_acceptable,
    list_manipulations,
    read_preconditions,
)

ETAG = '"abc"'
MODIFIED = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
BEFORE = "Wed, 04 Mar 2026 05:06:06 GMT"
SAME = "Wed, 04 Mar 2026 05:06:07 GMT"
AFTER = "Wed, 04 Mar 2026 05:06:08 GMT"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"If-None-Match": '"abc"'}, 304),
        ({"If-None-Match": 'W/"abc"'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": ' "x", W/"y,z" ,"abc"'}, 304),
        ({"If-None-Match": '"x","y"'}, 200),
        ({"If-None-Match": '"abc-gzip"'}, 200),
        ({"If-None-Match": ""}, 200),
        ({"If-Modified-Since": SAME}, 304),
        ({"If-Modified-Since": AFTER}, 304),
        ({"If-Modified-Since": BEFORE}, 200),
        ({"If-Modified-Since": "yesterday"}, 200),
        ({"If-Modified-Since": "Wed, 04 Mar 99999999999999999999 05:06:08 GMT"}, 200),
        ({"If-Unmodified-Since": "Wed, 04 Mar 99999999999999999999 05:06:08 GMT"}, 200),
        ({"If-None-Match": '"x"', "If-Modified-Since": AFTER}, 200),
        ({"If-None-Match": '"abc"', "If-Modified-Since": BEFORE}, 304),
        ({"If-Match": '"abc"'}, 200),
        ({"If-Match": "*"}, 200),
        ({"If-Match": 'W/"abc"'}, 412),
        ({"If-Match": '"x"', "If-None-Match": '"abc"'}, 412),
        ({"If-Match": '"abc"', "If-None-Match": '"abc"'}, 304),
        ({"If-Unmodified-Since": BEFORE}, 412),
        ({"If-Unmodified-Since": SAME}, 200),
        ({"If-Match": '"abc"', "If-Unmodified-Since": BEFORE}, 200),
    ],
)
def test_preconditions_are_evaluated_in_their_order(headers, status):
    assert find_status("GET", read(headers), ETAG, MODIFIED) == status


def test_what_would_change_something_is_refused_where_nothing_may_be_read():
    assert find_status("POST", read({"If-None-Match": ETAG}), ETAG, MODIFIED) == 412
    assert find_status("POST", read({"If-Modified-Since": SAME}), ETAG, MODIFIED) == 200


@pytest.mark.parametrize(
    ("header", "codings"),
    [
        (None, "identity br gzip"),
        ("", "identity"),
        ("gzip", "gzip identity"),
        ("GZIP", "gzip identity"),
        ("x-gzip", "gzip identity"),
        ("br", "br identity"),
        ("gzip, br", "br gzip identity"),
        ("gzip, deflate, br, zstd", "br gzip identity"),
        ("br;q=0.5, gzip", "gzip br identity"),
        ("br, gzip;q=0.5", "br gzip identity"),
        ("gzip;q=0", "identity"),
        ("gzip ; q=0.000", "identity"),
        ("gzip;q=0, x-gzip", "gzip identity"),
        ("*", "gzip identity"),
        ("*;q=0", ""),
        ("*;q=0, identity", "identity"),
        ("gzip;q=0, *", "identity"),
        ("*;q=0, gzip", "gzip"),
        ("*;q=0.5, br", "br gzip identity"),
        ("*;q=0.8, gzip;q=0.5", "identity gzip"),
        ("identity", "identity"),
        ("identity;q=1, gzip;q=0.5", "identity gzip"),
        ("identity;q=0.5, gzip;q=0.5", "gzip identity"),
        ("identity;q=0, gzip;q=0.1", "gzip"),
        ("identity;q=0", ""),
        ("identity;q=0, deflate", ""),
        ("gzip;q=much", "identity"),
        ("gzip;q=1.5", "identity"),
        ("gzip; Q=0.5, br;q=0.4", "gzip br identity"),
        (",, gzip ,", "gzip identity"),
        ("deflate", "identity"),
    ],
)
def test_codings_are_ranked_as_the_client_wants_them(header, codings):
    assert list_acceptable(header) == codings.split()


TAGS = {"br": '"abc-br"', "gzip": '"abc-gzip"', "identity": '"abc"'}


@pytest.mark.parametrize(
    ("codings", "headers", "coding"),
    [
        ("br gzip identity", {}, "br"),
        ("br gzip identity", {"If-None-Match": '"abc-gzip"'}, "gzip"),
        ("br gzip identity", {"If-None-Match": 'W/"abc"'}, "identity"),
        ("br gzip identity", {"If-None-Match": '"abc", "abc-gzip"'}, "gzip"),
        ("br gzip identity", {"If-None-Match": "*"}, "br"),
        ("br gzip identity", {"If-Match": '"abc-gzip"'}, "gzip"),
        ("identity", {"If-None-Match": '"abc-gzip"'}, "identity"),
        ("gzip", {"If-None-Match": '"xyz"'}, "gzip"),
        ("", {"If-None-Match": '"abc"'}, None),
    ],
)
def test_the_representation_that_the_client_has_is_selected_among_those_it_takes(codings, headers, coding):
    assert find_coding(codings.split(), TAGS, read(headers)) == coding


@pytest.mark.parametrize(
    ("header", "manipulations"),
    [
        (None, ""),
        ("feed", "feed"),
        ("feed, gzip", "feed gzip"),
        ("gzip;q=0.5, FEED", "gzip feed"),
        ("feed;q=0, gzip", "gzip"),
    ],
)
def test_manipulations_stand_in_the_order_of_the_client(header, manipulations):
    assert list_manipulations(header) == manipulations.split()


def read(headers: dict[str, str]) -> Preconditions:
    return read_preconditions(
        {f"HTTP_{name.upper().replace('-', '_')}": text for name, text in headers.items()}
    )
