"""The many shapes of a date: words become numbers, the time of day is cut out, the day is what is left."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from feeds.text.dates.names import DAY_NAMES, ERAS, HALVES, JOINING, MONTH_NUMBERS, ZONES, fold

#: Characters after folding, which may make many of one.
LONGEST_FOLDED = 200

COMMENT = re.compile(r"\([^()]*\)")
WORD = re.compile(r"[^\W\d_]+")

#: How dates and times are written in China, Korea and Japan, each with the same in the signs used elsewhere.
EAST_ASIAN = (
    (
        re.compile(r"(?:星期|周|週|礼拜|禮拜)[一二三四五六日天]|[月火水木金土日]曜日?|[월화수목금토일]요일"),
        lambda found: " ",
    ),
    (
        re.compile(rf"({'|'.join(ERAS)})\s*([0-9]{{1,3}}|元)(?=\s*年)"),
        lambda found: str(ERAS[found[1]] + int(found[2].replace("元", "1"))),
    ),
    (
        re.compile(r"([0-9]{4})\s*[年년]\s*([0-9]{1,2})\s*[月월](?:\s*([0-9]{1,2})\s*[日號号일])?"),
        lambda found: f"{found[1]}-{found[2]}-{found[3] or 1} ",
    ),
    (
        re.compile(r"([0-9]{1,2})\s*[月월]"),  # the year stands elsewhere: 24 10月 2022
        lambda found: f" #{found[1]} ",
    ),
    (
        re.compile(r"([0-9]{1,2})\s*[時时點点시](?:\s*([0-9]{1,2})\s*[分분]?)?(?:\s*([0-9]{1,2})\s*[秒초])?"),
        lambda found: f" {found[1]}:{found[2] or '00'}:{found[3] or '00'} ",
    ),
    (
        re.compile("|".join(half for half in HALVES if half > "一")),
        lambda found: f" {HALVES[found[0]]} ",
    ),
)
NUMERAL = re.compile(r"[〇零一二三四五六七八九十廿]+(?=[年月日號号時时點点分秒])")
DIGITS = {"〇": 0} | {digit: value for value, digit in enumerate("零一二三四五六七八九")}

#: Korean dates without a zone come from a country of one zone.
KOREAN = re.compile("[년월일시분]|오[전후]")
KOREAN_ZONE = timedelta(hours=9)

#: Days and times that are written with other signs, each with the same in the usual ones; `0` before the
#: seconds stands for those that are missing.
UNUSUAL = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (r"^([0-9]{4}):([0-9]{2}):([0-9]{2})\s", r"\1-\2-\3 "),
        (r"(?<=[0-9]{4}):(?=[0-9]{2}:[0-9]{2}:[0-9]{2})", " "),
        (r"(?<=[0-9])[_\-](?=[0-9]{2}:[0-9]{2}:[0-9]{2})", " "),
        (r"\b([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})?(?![0-9])", r"\1-\2-\3 \4:\5:0\6"),
        (r"(?<=[0-9])t([0-9]{2})([0-9]{2})([0-9]{2})?(?![0-9:])", r" \1:\2:0\3"),
        (r"(?<=[0-9])t([0-9]{2})(?![0-9:.])", r" \1:00"),
        (r"(?<![0-9.,:])([0-9]{1,2})\s?[hu]\s?([0-9]{2})(?:m(?:in)?([0-9]{2})s?)?(?![0-9])", r" \1:\2:0\3"),
        (r"(?<![0-9.,:])([0-9]{1,2})[.:]([0-9]{2})(?:[.:]([0-9]{2}))?(?=\s?uhr)", r" \1:\2:0\3"),
        (r"\bkl\.?\s?([0-9]{1,2})[.:]([0-9]{2})(?![0-9])", r" \1:\2"),
        (
            r"(?:(?<=[0-9]{4}\s)|(?<=[0-9])t)([0-9]{1,2})\.([0-9]{2})(?:\.([0-9]{2}))?(?![0-9.])",
            r" \1:\2:0\3",
        ),
        (r"(?<![0-9.,:])([0-9]{1,2})\s?(?:h|uhr)(?![a-z0-9])", r" \1:00"),
        (r"(?<![0-9.,:])([0-9]{1,2})(?=\s?[ap]\.?\s?m(?![a-z]))", r" \1:00"),
        (r"\bthang\s([0-9]{1,2})", r"#\1"),
    )
)

CLOCK = re.compile(
    r"(?:(?P<before>[ap])m\s*)?(?<![0-9:.,+\-])(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{1,2})"
    r"(?::(?P<second>[0-9]{1,3})(?:[.,](?P<fraction>[0-9]+))?)?(?![0-9])"
    r"(?:(?:\s*(?P<after>[ap])\.?\s?m\.?|(?P<attached>[ap]))(?![a-z]))?"
)
OFFSET = re.compile(
    r"\s*(?:gmt|utc?|z)?\s*(?P<sign>[+\-])(?P<hours>[0-9]{1,2})"
    r"(?::?(?P<minutes>[0-9]{2})(?::?(?P<seconds>[0-9]{2}))?)?(?![0-9:])"
)
OFFSET_OF_DAY = re.compile(
    r"(?<=[0-9])(?P<sign>[+\-])(?P<hours>[0-9]{2}):(?P<minutes>[0-9]{2})(?P<seconds>)$"
)
ZONE = re.compile(r"\s*(?:etc/)?(?P<name>[a-z]+/[a-z_/]+|[a-z]{1,5})(?:[0-9][a-z]*)?(?![a-z0-9])")
#: What may stand beside a day and says nothing of it.
UNSAID = JOINING | ZONES.keys() | {"gmt", "utc", "ut", "z"}
#: A year before year 1, which no entry is of.
NEGATIVE = re.compile(r"(?:^|\s)-[0-9]{4}(?![0-9])")
#: What may precede a day: one word that we do not know, or another month's name.
LABEL = re.compile(r"^(?:[^\W\d_]+|#[0-9]+(?=.*#))[.:]? ?")

#: Between the parts of a date that names its month.
GAP = r"[\s.,/\-']*"
SIGN = r"\s?[\-/.]\s?"

#: A day, with `#10` for the name of a month.
DAYS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<year>[0-9]{{4}}){SIGN}(?P<month>0?[0-9]{{1,2}}){SIGN}(?P<day>[0-9]{{1,2}})",
        rf"(?P<day>[0-9]{{1,2}}){GAP}#(?P<month>[0-9]+){GAP}(?P<year>[0-9]{{2,4}})",
        rf"#(?P<month>[0-9]+){GAP}(?P<day>[0-9]{{1,2}})[\s.,/\-']+(?P<year>[0-9]{{4}}|[0-9]{{2}})",
        rf"(?P<year>[0-9]{{4}}){GAP}#(?P<month>[0-9]+){GAP}(?P<day>[0-9]{{1,2}})",
        # Where both might be the month, 10/24/2022 begins with it, as it does where slashes are written most,
        # and 24.10.2022 and 24-10-2022 begin with the day.
        r"(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/(?P<year>[0-9]{4}|[0-9]{2})",
        r"(?P<day>[0-9]{1,2})\.\s?(?P<month>[0-9]{1,2})\.\s?(?P<year>[0-9]{4}|[0-9]{2})",
        r"(?P<day>[0-9]{1,2})-(?P<month>[0-9]{1,2})-(?P<year>[0-9]{4})",
    )
)
#: The other shapes of ISO 8601, and a month or a year alone: only where nothing else is written.
BARE = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        r"(?P<year>[0-9]{2})(?P<sign>-?)(?P<month>[0-9]{2})(?P=sign)(?P<day>[0-9]{2})",
        r"(?P<year>[0-9]{4})-?w(?P<week>[0-9]{2})(?:-?(?P<day>[1-7]))?",
        r"(?P<year>[0-9]{4}|[0-9]{2})-?(?P<ordinal>[0-9]{3})",
        r"(?P<year>[0-9]{4})[\-/](?P<month>[0-9]{1,2})",
        r"-(?P<year>[0-9]{2})-?(?P<month>[0-9]{2})",
        rf"#(?P<month>[0-9]+){GAP}(?P<year>[0-9]{{4}})",
        r"(?P<year>[0-9]{4})",
    )
)


def read_shape(text: str) -> datetime | None:
    """Return the moment in UTC that a text of any known shape means, or None."""
    folded = fold(text)
    if len(folded) > LONGEST_FOLDED:
        return None
    zone = KOREAN_ZONE if KOREAN.search(folded) else timedelta()
    words = _replace_words(folded)
    try:
        return _read(words, zone) or _read(_replace_unusual(words), zone)
    except (ValueError, OverflowError):  # no such month, day or hour, or outside the years 1 to 9999
        return None


def _replace_words(text: str) -> str:
    """Write months as `#10`, halves of the day as `am` and `pm`; leave out weekdays and comments."""
    text = COMMENT.sub(" ", text).replace("−", "-").replace("#", "?")
    if not text.isascii():
        text = NUMERAL.sub(_read_numeral, text)
        for pattern, read in EAST_ASIAN:
            text = pattern.sub(read, text)
    return WORD.sub(_read_word, text).strip()


def _replace_unusual(text: str) -> str:
    for pattern, written in UNUSUAL:
        text = pattern.sub(written, text)
    return text


def _read_numeral(found: re.Match[str]) -> str:
    """Read 二〇二二 and 二十四."""
    written = found[0].replace("廿", "二十")
    if "十" not in written:
        return "".join(str(DIGITS[digit]) for digit in written)
    tens, _, ones = written.partition("十")
    return str(10 * DIGITS.get(tens, 1) + DIGITS.get(ones, 0))


def _read_word(found: re.Match[str]) -> str:
    word = found[0]
    if month := MONTH_NUMBERS.get(word):
        return f"#{month} " if found.string[found.end() : found.end() + 1].isdigit() else f"#{month}"
    if word in DAY_NAMES:
        return ""
    return HALVES.get(word, word)


def _read(text: str, zone: timedelta) -> datetime | None:
    time = timedelta()
    clock = CLOCK.search(text)
    if clock:
        time = _read_time(clock)
        offset, end = _read_zone(text, clock.end())
        text = f"{text[: clock.start()]} {text[end:]}"
    else:
        offset, end = _read_offset(OFFSET_OF_DAY.search(text))
        text = text[:end] if end else text
    day = _read_day(text)
    if day is None:
        return None
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return midnight + time - (zone if offset is None else offset)


def _read_time(clock: re.Match[str]) -> timedelta:
    """The time of day; 24:00 and a leap second run over into what follows."""
    hour, minute, second = int(clock["hour"]), int(clock["minute"]), int(clock["second"] or 0)
    if half := clock["before"] or clock["after"] or clock["attached"]:
        if hour > 12 and half == "a":
            raise ValueError("no such hour")
        hour = hour % 12 + (12 if half == "p" else 0)
    if minute > 59 or second > 60 or hour > 24 or (hour == 24 and minute + second > 0):
        raise ValueError("no such time")
    microseconds = int(f"{clock['fraction'] or '0':0<6}"[:6])
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=microseconds)


def _read_zone(text: str, start: int) -> tuple[timedelta | None, int]:
    """Return the offset that is written there, if one is, and where what follows it begins."""
    if found := OFFSET.match(text, start):
        offset, _ = _read_offset(found)
        again = OFFSET.match(text, found.end())
        return offset, again.end() if again else found.end()
    found = ZONE.match(text, start)
    if not found or found["name"] in JOINING - ZONES.keys():
        return None, start
    return timedelta(hours=ZONES.get(found["name"], 0)), found.end()


def _read_offset(found: re.Match[str] | None) -> tuple[timedelta | None, int]:
    if not found:
        return None, 0
    offset = timedelta(
        hours=int(found["hours"]), minutes=int(found["minutes"] or 0), seconds=int(found["seconds"] or 0)
    )
    if offset >= timedelta(days=1):
        raise ValueError("no such zone")
    return (offset if found["sign"] == "+" else -offset), found.start()


def _read_day(text: str) -> date | None:
    text = WORD.sub(lambda found: "" if found[0] in UNSAID else found[0], text)
    bare = " ".join(text.replace(",", " ").replace(";", " ").split()).rstrip(" .-/|")
    for shape in BARE:
        if found := shape.fullmatch(bare):
            return _read_fields(found)
    if NEGATIVE.search(bare):
        return None
    # A weekday in a language we do not know, or a label; a French Tuesday looks like a March.
    bare = LABEL.sub("", bare.lstrip(" .:/-")).lstrip(" -")
    for shape in DAYS:
        if found := shape.fullmatch(bare):
            return _read_fields(found)
    return None


def _read_fields(found: re.Match[str]) -> date:
    fields = found.groupdict()
    year, day = _read_year(fields["year"]), int(fields.get("day") or 1)
    if week := fields.get("week"):
        return date.fromisocalendar(year, int(week), day)
    if ordinal := fields.get("ordinal"):
        return _read_ordinal(year, int(ordinal))
    month = int(fields.get("month") or 1)
    # Only where the year stands last do people disagree on which of the others comes first.
    is_day = month > 12 >= day and found.start("year") > found.start("month")
    return date(year, day, month) if is_day else date(year, month, day)


def _read_ordinal(year: int, ordinal: int) -> date:
    found = date(year, 1, 1) + timedelta(days=ordinal - 1)
    if found.year != year:
        raise ValueError("no such day")
    return found


def _read_year(written: str) -> int:
    """Years of two and three digits are read as RFC 5322, section 4.3, says."""
    year = int(written)
    if len(written) == 4:
        return year
    return year + (2000 if len(written) == 2 and year < 50 else 1900)
