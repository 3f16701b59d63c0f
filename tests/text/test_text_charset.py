import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text.charset import decode, find_charset

CHINESE = "<p>今天的新聞：一共三條，都是好消息。</p>"
SIMPLIFIED = "<p>今天的新闻：一共三条，都是好消息。</p>"
RUSSIAN = "<p>Сегодня в городе ожидается хорошая погода, без дождя и ветра.</p>"


@pytest.mark.parametrize(
    ("body", "media_type", "text"),
    [
        (CHINESE.encode(), None, CHINESE),
        (codecs.BOM_UTF8 + CHINESE.encode(), "text/html; charset=big5", CHINESE),
        (CHINESE.encode("utf-16"), None, CHINESE),
        (codecs.BOM_UTF16_BE + CHINESE.encode("utf-16-be"), "text/xml; charset=utf-8", CHINESE),
        (CHINESE.encode("utf-16-le"), None, CHINESE),
        (CHINESE.encode("utf-16-be"), None, CHINESE),
        (CHINESE.encode("utf-32"), None, CHINESE),
        (CHINESE.encode("big5"), "text/html; charset=Big5", CHINESE),
        (CHINESE.encode("big5"), 'text/html; charset="big5"; x=y', CHINESE),
        ("<p>㑺</p>".encode("big5hkscs"), "text/html; charset=big5", "<p>㑺</p>"),
        ("<p>朱镕基</p>".encode("gb18030"), "text/xml; charset=gb2312", "<p>朱镕基</p>"),
        ("<p>€ “x”</p>".encode("cp1252"), "text/xml; charset=iso-8859-1", "<p>€ “x”</p>"),
        (RUSSIAN.encode("cp1251"), "text/xml; charset=windows-1251", RUSSIAN),
        ("<p>café</p>".encode("cp1252"), None, "<p>café</p>"),
        (CHINESE.encode(), "text/html; charset=no-such-charset", CHINESE),
        (CHINESE.encode(), "text/html; charset=utf-7", CHINESE),
        (CHINESE.encode(), "text/html; charset=hex", CHINESE),
        (CHINESE.encode(), "text/html; charset=unicode_escape", CHINESE),
        (CHINESE.encode("cp950"), "text/html; charset=utf-8", CHINESE),
        (b"", None, ""),
    ],
)
def test_the_first_charset_that_fits_is_used(body, media_type, text):
    assert decode(body, media_type) == text


def test_the_media_type_outranks_the_declaration():
    xml = f'<?xml version="1.0" encoding="utf-8"?>{RUSSIAN}'
    body = xml.encode("cp1251")

    assert decode(body, "application/xml; charset=windows-1251") == xml


@pytest.mark.parametrize(
    "declaration",
    [
        '<?xml version="1.0" encoding="{}"?>',
        "<?xml version='1.0' encoding='{}' standalone='yes'?>",
        "<meta charset={}>",
    ],
)
def test_the_document_declares_its_charset(declaration):
    text = declaration.format("gb2312") + SIMPLIFIED

    assert decode(text.encode("gb18030"), "text/html") == text


def test_a_declaration_that_is_read_as_ascii_is_not_utf_16():
    text = f'<?xml version="1.0" encoding="utf-16"?>{CHINESE}'

    assert decode(text.encode(), None) == text


def test_undeclared_chinese_is_recognized_by_its_bytes():
    assert decode((SIMPLIFIED * 5).encode("gb18030"), None) == SIMPLIFIED * 5


def test_one_broken_character_does_not_spoil_the_others():
    body = CHINESE.encode() + b"\xe4\xb8<p>\xff</p>"

    assert decode(body, None).startswith(CHINESE)


@given(
    st.binary(max_size=200), st.sampled_from([None, "text/html; charset=big5", "text/xml; charset=utf-16"])
)
def test_decoding_never_fails(body, media_type):
    assert isinstance(decode(body, media_type), str)


@pytest.mark.parametrize(
    ("body", "media_type", "is_plain"),
    [
        (CHINESE.encode(), None, True),
        (CHINESE.encode(), "text/xml; charset=utf-8", True),
        (b"<rss/>", None, True),
        (codecs.BOM_UTF8 + CHINESE.encode(), None, False),
        (CHINESE.encode() + b"\xff", None, False),
        (CHINESE.encode("big5"), "text/xml; charset=big5", False),
        (CHINESE.encode("utf-16"), None, False),
    ],
)
def test_only_plain_utf_8_may_be_handed_on_as_it_is(body, media_type, is_plain):
    assert (find_charset(body, media_type) == "utf-8") is is_plain
