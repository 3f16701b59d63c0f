from datetime import UTC, datetime, timedelta, timezone

import pytest

from feeds.text.dates import format_http, format_rfc3339, from_milliseconds, parse_date

MOMENT = datetime(2022, 10, 24, 15, 59, 17, tzinfo=UTC)
MINUTE = MOMENT.replace(second=0)
DAY = datetime(2022, 10, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Mon, 24 Oct 2022 15:59:17 GMT", MOMENT),
        ("Mon, 24 Oct 2022 23:59:17 +0800", MOMENT),
        ("Mon, 24 Oct 2022 23:59:17 +08:00", MOMENT),
        ("Mon, 24 Oct 2022 10:59:17 CDT", MOMENT),
        ("Mon, 24 Oct 2022 21:29:17 IST", MOMENT),
        ("Mon, 24 Oct 2022 15:59:17 +0000 (UTC)", MOMENT),
        ("Mon, 24 Oct 2022 23:59:17 GMT+0800", MOMENT),
        ("24 October 2022 15:59:17 Z", MOMENT),
        ("Monday, 24 October 2022 15:59:17", MOMENT),
        ("Mon 24-Oct-22 15:59:17 GMT", MOMENT),
        ("  Mon,\n 24 Oct 2022\t15:59 GMT ", MINUTE),
        ("Mon, 24 Oct 2022", DAY),
        ("Sat, 24 Oct 2022 15:59:17 GMT", MOMENT),
        ("24 Sept 2022 15:59:17 GMT", MOMENT.replace(month=9)),
        ("2022-10-24T15:59:17Z", MOMENT),
        ("2022-10-24t15:59:17z", MOMENT),
        ("2022-10-24T23:59:17+08:00", MOMENT),
        ("2022-10-24T23:59:17+0800", MOMENT),
        ("2022-10-24T23:59:17 +08", MOMENT),
        ("2022-10-24T11:29:17-04:30", MOMENT),
        ("2022-10-24T15:59:17.25Z", MOMENT.replace(microsecond=250000)),
        ("2022-10-24T15:59:17.1234567Z", MOMENT.replace(microsecond=123456)),
        ("2022-10-24T15:59Z", MINUTE),
        ("2022-10-24 15:59:17", MOMENT),
        ("2022/10/24 15:59:17", MOMENT),
        ("2022-10-24", DAY),
        ("2022-10-24Z", DAY),
        ("2022-10", DAY.replace(day=1)),
        ("2022", DAY.replace(month=1, day=1)),
        ("20221024", DAY),
        ("20221024T155917Z", MOMENT),
        ("October 24, 2022 3:59 PM", MINUTE),
        ("October 24, 2022, 12:05 am", DAY.replace(minute=5)),
        ("Mon Oct 24 15:59:17 2022", MOMENT),
        ("Mon Oct 24 15:59:17 UTC 2022", MOMENT),
        ("2022年10月24日 15:59", MINUTE),
        ("2022年10月24日", DAY),
        ("2022-10-23T24:00:00Z", DAY),
        ("2022-10-24T15:59:60Z", MINUTE + timedelta(minutes=1)),
        ("31 Dec 99 12:00:00 GMT", datetime(1999, 12, 31, 12, tzinfo=UTC)),
        ("1 Jan 104 00:00:00 GMT", datetime(2004, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_in_every_dialect(text, date):
    assert parse_date(text) == date


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "15 minutes ago",
        "0000-00-00 00:00:00",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+08:00",
        "9999-12-31T23:59:59-08:00",
        "2022-13-24",
        "2022-02-30",
        "2022-10-24T25:00:00Z",
        "2022-10-24T24:30:00Z",
        "2022-10-24T15:61:00Z",
        "2022-10-24T15:59:17+99:00",
        "October 24, 2022 13:59 PM",
        "24 Foo 2022 15:59:17 GMT",
        "Mon, 24 Oct 20222 15:59:17 GMT",
        "Mon, 24 Oct 2022 15:59:17 GMT and then some",
        "٢٠٢٢-10-24",
        "1666627157",
        " " * 5000 + "x",
        "1" * 100_000,
    ],
)
def test_what_is_no_date_is_none(text):
    assert parse_date(text) is None


def test_a_date_is_aware_and_in_utc():
    assert parse_date("2022-10-24T23:59:17+08:00").tzinfo is UTC


def test_rfc_3339_is_written_in_utc_with_a_fraction_only_where_there_is_one():
    local = MOMENT.astimezone(timezone(timedelta(hours=8)))

    assert format_rfc3339(local) == "2022-10-24T15:59:17Z"
    assert format_rfc3339(MOMENT.replace(microsecond=1)) == "2022-10-24T15:59:17.000001Z"
    assert format_rfc3339(datetime(33, 1, 2, tzinfo=UTC)) == "0033-01-02T00:00:00Z"


def test_http_dates_are_written_in_gmt():
    local = MOMENT.astimezone(timezone(timedelta(hours=8)))

    assert format_http(local) == "Mon, 24 Oct 2022 15:59:17 GMT"


@pytest.mark.parametrize(
    ("milliseconds", "date"),
    [
        (1673498825000, datetime(2023, 1, 12, 4, 47, 5, tzinfo=UTC)),
        (1597930800001, datetime(2020, 8, 20, 13, 40, 0, 1000, tzinfo=UTC)),
        (10**18, None),
        (-(10**18), None),
    ],
)
def test_milliseconds_are_counted_from_1970(milliseconds, date):
    assert from_milliseconds(milliseconds) == date
