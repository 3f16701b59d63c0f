"""A source whose document a test changes, and what its entries have become."""

from polling_server import response

from feeds.store import identities

DAY = "Mon, 02 Feb 2026 10:00:00 GMT"
OTHER_DAY = "Tue, 03 Feb 2026 10:00:00 GMT"


def item(guid, title="One", link="http://a.example/1", date=DAY, text="Text", file=None):
    parts = {"title": title, "link": link, "guid": guid, "pubDate": date, "description": text}
    written = "".join(f"<{name}>{part}</{name}>" for name, part in parts.items() if part is not None)
    return f"<item>{written}{f'<enclosure url={file!r}/>' if file else ''}</item>"


def feed(*items, link="http://a.example/", id=""):
    return (
        f"<rss version='2.0'><channel><title>F{id}</title><link>{link}</link>{''.join(items)}</channel></rss>"
    )


class Publisher:
    """A source whose document a test changes."""

    def __init__(self, here, serve):
        self.here = here
        self.body = ""
        self.server = serve(lambda asked: response(body=self.body.encode()))
        self.url = self.server.url
        here.subscribe(self.url)

    def poll(self, *items, hours=1, **channel):
        """Publish these items, have them polled an hour later; return how that ended."""
        return self.poll_document(feed(*items, **channel), hours)

    def poll_document(self, document, hours=1):
        self.body = document
        self.here.pass_time(hours=hours)
        return self.here.poll(self.url)[0]

    def ids(self):
        return {stored.entry.id for stored in self.here.entries()}

    def ledger(self):
        with self.here.store.read() as db:
            facts = identities.list_facts(db, [stored.key for stored in self.here.entries()])
        return [[one.guid for one in known.rekeyings] for known in facts]
