"""The same service on PostgreSQL."""

import feedparser
from running import free_port, wait_until, write_seed


def test_a_seed_reaches_a_subscriber_through_postgresql(install, postgresql):
    service = install(config=f'[store]\nurl = "{postgresql()}"\n')
    write_seed(service.seeds, "one.txt", title="第一条新闻", link="https://news.example/1", body="<p>x</p>")

    assert "1 new" in service.command("refresh").stdout
    assert "1 unchanged" in service.command("refresh").stdout
    service.start()
    write_seed(service.seeds, "two.txt", title="Two", link="https://news.example/2", body="<p>x</p>")
    feed = wait_until(lambda: len(feedparser.parse(service.get("/atom.xml")[1]).entries) == 2, 10, "both")
    second = service.command("serve", "--port", str(free_port()), check=False, timeout=30)

    assert feed < 5
    assert "another poller holds" in second.stderr
    assert service.stop() < 10
