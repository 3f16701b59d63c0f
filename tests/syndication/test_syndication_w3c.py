"""The command that runs the W3C validator: how it calls it, and what it makes of its answers.

The validator itself is none of ours; what stands in for it here answers as its `demo.py` does.
"""

import sys
from urllib.request import urlopen

import pytest
from syndication_rules import CHECKS

from benchmarks.w3c import main, serve_invented

STAND_IN = """
import sys
from urllib.request import urlopen
link, level = sys.argv[1:]
with urlopen(link) as answer:
    body, media_type = answer.read(), answer.headers.get_content_type()
print("Validating %s" % link)
{then}
"""
CONTENT = """
assert media_type in ("application/rss+xml", "application/atom+xml"), media_type
assert body.startswith(b"<?xml")
print("No errors or warnings")
"""
FINDS = """
if "rss" in link:
    print("line 3, column 5: one is wrong at level " + level)
    print("line 4, column 5: another (2 occurrences)")
    sys.exit(1)
print("No errors or warnings")
"""


@pytest.fixture
def checkout(tmp_path):
    """Make a checkout whose validator does as it is told."""

    def make(then):
        (tmp_path / "src").mkdir()
        (tmp_path / "src" / "demo.py").write_text(STAND_IN.format(then=then), encoding="utf-8")
        return str(tmp_path)

    return make


def test_every_shape_of_feed_is_handed_over_and_zero_errors_are_told(checkout, capsys):
    assert main([checkout(CONTENT)]) == 0

    *lines, last = capsys.readouterr().out.splitlines()
    assert len(lines) == 16
    assert last.strip() == "0 errors in 16 feeds"


def test_what_it_finds_is_told_counted_and_the_status(checkout, capsys):
    with serve_invented() as urls:
        assert main([checkout(FINDS), "--level", "AA", "--url", *urls[:2]]) == 1

    out = capsys.readouterr().out
    assert "   2 http://127.0.0.1:" in out
    assert "line 3, column 5: one is wrong at level AA" in out
    assert out.splitlines()[-1].strip() == "2 errors and warnings in 2 feeds"


@pytest.mark.parametrize(
    ("then", "reason"),
    [
        ("raise ImportError('no module named html5lib')", "no module named html5lib"),
        ("sys.exit(3)", "it said nothing"),
        ("print('odd')", "it said nothing"),
    ],
)
def test_a_validator_that_does_not_run_is_no_verdict(checkout, capsys, then, reason):
    assert main([checkout(then)]) == 2
    assert reason in capsys.readouterr().err


def test_a_folder_without_it_and_a_python_that_is_not_there_are_said(checkout, tmp_path, capsys):
    assert main([str(tmp_path / "nothing")]) == 2
    assert "there is no validator here" in capsys.readouterr().err
    assert main([checkout(CONTENT), "--python", str(tmp_path / "python2")]) == 2
    assert "python2" in capsys.readouterr().err


def test_another_python_can_run_it(checkout):
    assert main([checkout(CONTENT), "--python", sys.executable]) == 0


def test_the_invented_feeds_are_valid_by_our_own_rules():
    with serve_invented() as urls:
        for url in urls:
            with urlopen(url) as answer:
                CHECKS[url.rpartition("/")[2]](answer.read())
