"""Which entries cannot be rendered, and that a feed goes on without them."""

import pytest
from syndication_rules import CHECKS
from syndication_samples import CHINESE, FULL, SITE, stored

from feeds.model import ALL
from feeds.syndication import FORMATS
from feeds.syndication.faults import find_fault


@pytest.mark.parametrize("id", ["", "42", "a b:c", "no scheme/here", "tag:a.example,2020:\x00", "urn:\ud800"])
def test_an_id_that_is_no_iri_is_a_fault(id):
    assert "id" in find_fault(stored(FULL, id=id))


@pytest.mark.parametrize(
    "link",
    ["", "/2024", "javascript:alert(1)", "https://", "https://a.example/a b", "http://[a/", "mailto:a@b"],
)
def test_a_link_that_leads_nowhere_is_a_fault(link):
    assert "link" in find_fault(stored(FULL, link=link))


@pytest.mark.parametrize("id", ["urn:uuid:1", "tag:a.example,2020:x", "https://报.example/桥?a=[1]"])
def test_an_iri_is_an_id(id):
    assert find_fault(stored(FULL, id=id)) is None


def test_an_entry_without_a_link_has_no_fault():
    assert find_fault(stored(FULL, link=None)) is None


@pytest.mark.parametrize("name", FORMATS)
def test_a_feed_goes_on_without_a_faulty_entry(name):
    faulty = stored(FULL, link="javascript:alert(1)")

    with_it = FORMATS[name].render(ALL, SITE, [faulty, stored(CHINESE)])
    assert with_it == FORMATS[name].render(ALL, SITE, [stored(CHINESE)])
    CHECKS[name](with_it)
