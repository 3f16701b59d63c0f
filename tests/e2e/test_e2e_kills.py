"""Thirty kills in an installation; `python -m benchmarks.kills` does a thousand."""

from benchmarks.kills.life import Life

SEED = 30


def test_kills_at_any_moment_lose_double_and_break_nothing(tmp_path):
    life = Life(tmp_path / "here", SEED, kills=30)

    assert life.run() == [], f"to repeat it: python -m benchmarks.kills 30 --seed {SEED}"
    assert life.struck.total() >= 30
    assert life.watch.seen > 20
    assert {"200", "304"} <= life.publisher.answers.keys()
