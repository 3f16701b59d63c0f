from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text.dates import format_http, format_rfc3339, from_milliseconds, parse_date
from feeds.text.dates.names import MONTHS

MOMENT = datetime(2022, 10, 24, 15, 59, 17, tzinfo=UTC)
MINUTE = MOMENT.replace(second=0)
DAY = datetime(2022, 10, 24, tzinfo=UTC)

#: What dates are made of, to be mixed at will.
PARTS = [
    *"0123456789:-/.,+ TZ#@'年月日년월일时分秒()十",
    *(
        "2022",
        "24",
        "10",
        "99",
        "Oct",
        "mar",
        "PM",
        "am ",
        "오후",
        "下午",
        "令和",
        "元",
        "W43",
        "GMT",
        "+0800",
        "Uhr",
        "h",
    ),
]


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
        # RFC 822: what programs make of weekday, commas, zone
        "Mon,24 Oct 2022 15:59:17 GMT",
        "Mon., 24 Oct. 2022, 15:59:17 GMT",
        "Mon, 24  Oct  2022  15:59:17  GMT;",
        "MON, 24 OCT 2022 15:59:17 GMT",
        "Mon, 24 Oct 122 15:59:17 +0000",
        "Mon, 24 Oct 2022 15:59:17 -0000",
        "Mon, 24 Oct 2022 15:59:17 UT",
        "Mon, 24 Oct 2022 15:59:17 Etc/GMT",
        "Mon, 24 Oct 2022 15:59:17 Nowhere/Land",
        "Mon, 24 Oct 2022 15:59:17 East/Land",
        "Mon, 24 Oct 2022 15:59:17 +0000 GMT",
        "Mon, 24 Oct 2022 15:59:17 +0000 +0000",
        "Mon, 24 Oct 2022 15:59:17.000 GMT",
        "Mon, 24 Oct 2022 3:59:17 PM GMT",
        "Mon, 24 Oct 2022 03:59:17 PM",
        "Mon, 24 Oct 2022 15:59:17 PM",
        "Mon, 24 Oct 2022 23:59:17 +8",
        "Mon, 24 Oct 2022 23:59:17 +800",
        "Mon, 24 Oct 2022 23:59:17 UTC+08:00",
        "Mon, 24 Oct 2022 23:59:17 GMT +0800",
        "Mon, 24 Oct 2022 10:59:17 ET",
        "Mon, 24 Oct 2022 10:59:17 EST5EDT",
        "Mon, 24 Oct 2022 17:59:17 MEST",
        # day and month change places
        "Mon, Oct 24, 2022 15:59:17 GMT",
        "Mon Oct 24 2022 23:59:17 GMT+0800 (Standard Time)",
        "Monday 24th October 2022 15:59:17",
        "Oct. 24th, 2022 15:59:17",
        "Mon Oct 24 15:59:17 +0000 2022",
        "Mon, 2022/10/24 11:59:17 EDT",
        "24Oct2022 15:59:17",
        "Mon, 24 Oct 2022 15.59.17 GMT",
        "2022-10-24T15.59.17Z",
        "15:59:17 24 Oct 2022",
        "15:59:17 - 24 Oct 2022",
        "24/Oct/2022:15:59:17 +0000",
        "Posted: 24 Oct 2022 15:59:17",
        # ISO 8601
        "2022-10-24 15:59:17 +0000 UTC",
        "2022-10-24T15:59:17,000Z",
        "2022-10-24T15:59:17 Z",
        "2022-10-24T21:29:47+05:30:30",
        "20221024155917",
        "20221024T235917+0800",
        "2022-W43-1T15:59:17Z",
        "2022W431T155917Z",
        "2022-297T15:59:17Z",
        "2022-010-24T15:59:17Z",
        "2022. 10. 24. 15:59:17",
        "2022-10-24-15:59:17",
        "2022:10:24 15:59:17",
        # numbers
        "10/24/2022 3:59:17 PM",
        "24/10/2022 15:59:17",
        "24.10.2022 15:59:17",
        "24-10-2022 15:59:17",
        "1666627157",
        "1666627157000",
        "1666627157.5",
    ],
)
def test_a_moment_is_read_in_every_dialect(text):
    assert parse_date(text) == MOMENT


@pytest.mark.parametrize(
    "text",
    [
        "2022-10-25 오전 00:59:17",
        "2022-10-25 오전 12:59:17",
        "2022년 10월 25일  00:59:17",
        "2022년 10월 25일 (화) 오전 12시 59분 17초",
        "2022. 10. 25. 오전 12:59:17",
        "2022년 10월 24일 15:59:17 UTC",
        "Δευ, 24 Οκτ 2022 10:59:17 EST",
        "Δευτέρα, 24 Οκτωβρίου 2022 3:59:17 μμ",
        "2022-október-24T10:59:17-05:00",
        "2022. október 24., hétfő 15:59:17",
        "2022年10月24日 下午3:59:17",
        "2022年10月24日15时59分17秒",
        "2022年10月24日 星期一 15:59:17",
        "星期一, 24 十月 2022 23:59:17 +0800",
        "十月 24, 2022 15:59:17",
        "月, 24 10月 2022 15:59:17 +0000",
        "월, 24 10월 2022 15:59:17 +0000",
        "2022/10/24 下午 03:59:17",
        "2022年10月24日（月） 15時59分17秒",
        "2022年10月24日月曜日 午後3時59分17秒",
        "２０２２年１０月２４日　１５：５９：１７",
        "二〇二二年十月二十四日 15:59:17",
        "民國111年10月24日 15:59:17",
        "令和4年10月24日 15:59:17",
        "lundi 24 octobre 2022 17:59:17 +0200",
        "lun. 24 oct. 2022 15h59m17s",
        "Mo, 24 Okt 2022 15:59:17 +0000",
        "Montag, den 24. Oktober 2022, 15:59:17 Uhr",
        "lunes, 24 de octubre de 2022, 15:59:17",
        "lun, 24 ott 2022 15:59:17 +0000",
        "segunda-feira, 24 de outubro de 2022 às 15:59:17",
        "ma, 24 okt 2022 15:59:17 +0000",
        "Пн, 24 окт 2022 18:59:17 +0300",
        "понедельник, 24 октября 2022 г. 18:59:17 MSK",
        "пн, 24 жов 2022 15:59:17 +0000",
        "24 października 2022 15:59:17",
        "pon, 24 paź 2022 15:59:17 +0000",
        "po, 24. října 2022 15:59:17",
        "mån, 24 okt 2022 15:59:17 +0000",
        "mandag den 24. oktober 2022 kl. 15:59:17",
        "maanantai 24. lokakuuta 2022 klo 15:59:17",
        "Pzt, 24 Eki 2022 15:59:17 +0000",
        "Luni, 24 octombrie 2022 15:59:17",
        "Thứ Hai, 24 tháng 10, 2022 15:59:17",
    ],
)
def test_a_moment_is_read_in_many_languages(text):
    assert parse_date(text) == MOMENT


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Mon, 24 Oct 2022 15:59", MINUTE),
        ("October 24, 2022 at 3:59 p.m.", MINUTE),
        ("3:59 PM - 24 Oct 2022", MINUTE),
        ("24.10.2022 15.59 Uhr", MINUTE),
        ("24/10/2022 à 15h59", MINUTE),
        ("2022-10-24T1559Z", MINUTE),
        ("2022年10月24日 下午3点59分", MINUTE),
        ("2022-10-24 12:30 AM", DAY.replace(minute=30)),
        ("2022-10-24 00:30 AM", DAY.replace(minute=30)),
        ("2022-10-24T15Z", DAY.replace(hour=15)),
        ("Oct 24, 2022 3 PM", DAY.replace(hour=15)),
        ("24. Oktober 2022, 15 Uhr", DAY.replace(hour=15)),
        ("2022年10月24日 15时", DAY.replace(hour=15)),
        ("mar. 25 oct. 2022", DAY.replace(day=25)),
        ("2022-10-25+08:00", DAY + timedelta(hours=16)),
        ("2022 Oct 24", DAY),
        ("24.10.22", DAY),
        ("10/24/22", DAY),
        ("22-10-24", DAY),
        ("221024", DAY),
        ("2022-297", DAY),
        ("22297", DAY),
        ("2022-W43", DAY),
        ("Friday, September 09, 2022", datetime(2022, 9, 9, tzinfo=UTC)),
        ("October 2022", DAY.replace(day=1)),
        ("2022年10月", DAY.replace(day=1)),
        ("-22-10", DAY.replace(day=1)),
        ("-2210", DAY.replace(day=1)),
        ("Thu, 01 Jan 0100 00:00:01 +0100", datetime(99, 12, 31, 23, 0, 1, tzinfo=UTC)),
    ],
)
def test_what_a_date_leaves_out_is_its_beginning(text, date):
    assert parse_date(text) == date


@pytest.mark.parametrize(
    ("text", "day"),
    [("04/05/2022", (4, 5)), ("04.05.2022", (5, 4)), ("04-05-2022", (5, 4)), ("13/05/2022", (5, 13))],
)
def test_slashes_begin_with_the_month_where_that_can_be_and_dots_with_the_day(text, day):
    assert (parse_date(text).month, parse_date(text).day) == day


def test_every_month_of_every_language_is_known_by_its_names():
    for language, names in MONTHS.items():
        for number, month in enumerate(names.split(), start=1):
            for name in month.split("/"):
                assert parse_date(f"9 {name} 2022") == datetime(2022, number, 9, tzinfo=UTC), (language, name)


@given(st.text(max_size=120))
def test_no_text_raises(text):
    assert parse_date(text) is None or parse_date(text).tzinfo is UTC


@given(st.lists(st.sampled_from(PARTS), max_size=12).map("".join))
def test_no_mixture_of_parts_raises(text):
    assert parse_date(text) is None or parse_date(text).tzinfo is UTC


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_we_write_we_read(date):
    assert parse_date(format_rfc3339(date)) == date
    assert parse_date(format_http(date)) == date.replace(microsecond=0)


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
        "2022-13-06",
        "2022-13-06T15:59:17Z",
        "-2022-10-24T15:59:17Z",
        "Mon, 24 Oct -2022 15:59:17 GMT",
        "2022-02-30",
        "2022-10-24T25:00:00Z",
        "2022-10-24T24:30:00Z",
        "2022-10-24T15:61:00Z",
        "2022-10-24T15:59:17+99:00",
        "October 24, 2022 13:59 AM",
        "24 Foo 2022 15:59:17 GMT",
        "Mon, 24 Oct 20222 15:59:17 GMT",
        "Mon, 24 Oct 2022 15:59:17 GMT and then some",
        "٢٠٢٢-10-24",
        "2022-10-24T15:59:17Zextra",
        "2022-10-24T15:xx:00Z",
        "2022-10-24T15:59:17+00:xx",
        "2022-10-24-01",
        "2022-366",
        "2022-W54-1",
        "Mon, 24 Oct 2022 1:2:3:4 GMT",
        "Mon, 24 Oct 2022 15:59:17 +zz:00",
        "Mon, Oct x 2022 15:59:17 GMT",
        "Mon, 24 Oct zz 15:59:17 GMT",
        "13/13/2022",
        "#10 24 2022",
        "Version 2022",
        "15:59:17",
        "24 Oct",
        "--10-24",
        "20",
        "013",
        "99999999999",
        " " * 5000 + "x",
        "1" * 100_000,
    ],
)
def test_what_is_no_date_is_none(text):
    assert parse_date(text) is None


def test_a_vietnamese_date_may_name_its_parts():
    assert parse_date("ngày 1 tháng 2 năm 2024") == datetime(2024, 2, 1, tzinfo=UTC)


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
