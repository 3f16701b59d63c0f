"""Preconditions and codings as RFC 9110 has them."""

from datetime import UTC, datetime

import pytest
from werkzeug.datastructures import Headers

from feeds.web.conditional import accepts_gzip, find_status

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
    assert find_status("GET", Headers(headers), ETAG, MODIFIED) == status


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        (None, False),
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("br, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip ; q=0.000", False),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("*;q=0, gzip", True),
        ("identity", False),
        ("identity;q=1, gzip;q=0.5", False),
        ("identity;q=0, gzip;q=0.1", True),
        ("gzip;q=much", False),
        ("deflate, br", False),
    ],
)
def test_gzip_is_sent_only_to_those_who_want_it(header, accepted):
    assert accepts_gzip(header) is accepted
