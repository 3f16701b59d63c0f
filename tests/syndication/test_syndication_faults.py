"""Which entries cannot be rendered, and that a feed goes on without them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syndication_rules import CHECKS, is_iri
from syndication_samples import CHINESE, FULL, SITE, stored

from feeds.model import ALL, Frame, Tombstone
from feeds.syndication import FORMATS
from feeds.syndication.checking import check
from feeds.syndication.faults import find_fault
from feeds.text import uri


@pytest.mark.parametrize("id", ["", "42", "a b:c", "no scheme/here", "tag:a.example,2020:\x00", "urn:\ud800"])
def test_an_id_that_is_no_iri_is_a_fault(id):
    assert "id" in find_fault(stored(FULL, id=id))


@pytest.mark.parametrize(
    "link",
    ["", "/2024", "javascript:alert(1)", "https://", "https://a.example/a b", "http://[a/", "mailto:a@b"],
)
def test_a_link_that_leads_nowhere_is_a_fault(link):
    assert "link" in find_fault(stored(FULL, link=link))


@pytest.mark.parametrize("id", ["urn:uuid:1", "tag:a.example,2020:x", "https://报.example/桥?a=1#é"])
def test_an_iri_is_an_id(id):
    assert find_fault(stored(FULL, id=id)) is None


@pytest.mark.parametrize("id", ["https://a.example/?a=[1]", "https://a.example/100%/%zz?%", "urn:x:a#b#c"])
@pytest.mark.parametrize("name", FORMATS)
def test_an_id_that_was_once_given_is_served_for_ever(name, id):
    body = FORMATS[name].render(
        ALL, SITE, [stored(FULL, id=id)], Frame(tombstones=(Tombstone(id, SITE.started),))
    )
    check(body, FORMATS[name].media_type)

    assert (id in body.decode(), find_fault(stored(FULL, id=id))) == (True, None)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("urn:uuid:1", True),
        ("http://[2001:db8::1]:80/?", True),
        ("http://u:p@桥.example?\ue000/?", True),
        ("mailto:a@b", True),
        ("http://a//b/%41#é", True),
        ("http://a/%zz", False),
        ("http://a/%", False),
        ("http://a/#b#c", False),
        ("http://a/[x]", False),
        ("http://a/?x[1]=2", False),
        ("http://a/\ue000", False),
        ("http://a/\U000e0001", False),
        ("http://a:8x/", False),
        ("http://[a/", False),
        ("http://a/?\ufdd0", False),
        ("urn:", False),
        ("urn:\ud800", False),
        ("/a", False),
    ],
)
def test_an_iri_is_what_rfc_3987_calls_one(text, is_one):
    assert uri.is_iri(text) is is_iri(text) is is_one


@given(st.text("aZ9:/?#[]@%41fé桥\ue000\ufdd0\U000e0fff\U000e1000\U0001f680\U0010fffd .|\x85", max_size=12))
def test_no_text_is_an_iri_to_us_and_to_nobody_else(text):
    for address in (text, f"x:{text}", f"http://{text}", f"http://a/{text}"):
        assert uri.is_iri(address) == is_iri(address), address


def test_an_entry_without_a_link_has_no_fault():
    assert find_fault(stored(FULL, link=None)) is None


@pytest.mark.parametrize("name", FORMATS)
def test_a_feed_goes_on_without_a_faulty_entry(name):
    faulty = stored(FULL, link="javascript:alert(1)")

    with_it = FORMATS[name].render(ALL, SITE, [faulty, stored(CHINESE)])
    assert with_it == FORMATS[name].render(ALL, SITE, [stored(CHINESE)])
    CHECKS[name](with_it)
