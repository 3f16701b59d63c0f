"""What was asked for at the desk of the exhibit, and what the poller has answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from feeds.model import FoundFeed, Preview, PreviewedEntry
from feeds.model.declaring import Imported
from feeds.store import Store
from feeds.store.desk_requests import answer_request, record_request

HARBOUR = "https://quay.example/"


def write_preview(now: datetime) -> Preview:
    """An invented feed behind a page that names two."""
    titles = (
        "渡船恢复夜航",
        "The crane that sings at noon",
        "码头边的旧书摊又开张了",
        "Ropes, and who splices them",
    )
    return Preview(
        asked=HARBOUR,
        feeds=(
            FoundFeed(f"{HARBOUR}feed.xml", "page", "码头日志", "atom"),
            FoundFeed(f"{HARBOUR}comments.xml", "page", "What readers say", "rss"),
        ),
        title="码头日志",
        link=HARBOUR,
        subtitle="每天记一点水边的事",
        language="zh-Hans",
        count=24,
        newest=now - timedelta(hours=3),
        gap=40_000,
        entries=tuple(
            PreviewedEntry(
                title,
                f"{HARBOUR}{number}",
                now - timedelta(hours=3 + 11 * number),
                "风停了，缆绳松下来，岸上的人开始收拾昨晚的灯。",
                "zh-Hans" if number % 2 == 0 else "en",
                has_picture=number == 0,
            )
            for number, title in enumerate(titles)
        ),
    )


def add_desk_requests(store: Store, now: datetime) -> dict[str, str]:
    """Record one request of each kind; return their ids by what became of it."""
    with store.write() as db:
        asked = {
            name: record_request(db, "preview", HARBOUR.encode(), now).id
            for name in ("preview", "none", "waiting")
        }
        asked["import"] = record_request(db, "import", b"<opml/>", now, "harbours.opml").id
        problem = "https://quay.example/: there is no feed here, and the page names none"
        answer_request(db, asked["preview"], write_preview(now), now)
        answer_request(db, asked["none"], Preview(HARBOUR, problem), now)
        answer_request(db, asked["import"], Imported(11, 3), now)
    return asked
