import codecs
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text.charset import decode, skim, to_utf_8
from feeds.text.charset.names import find_codecs

CHINESE = "<p>今天的新聞：一共三條，都是好消息。</p>"
SIMPLIFIED = "<p>今天的新闻：一共三条，都是好消息。</p>"
JAPANESE = "<p>今日のニュース：三つとも良い知らせです。</p>"
KOREAN = "<p>오늘의 소식: 세 가지 모두 좋은 소식입니다.</p>"
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


#: A few words of each language, and the charsets they have been written in.
WORDS = {
    "Городские новости на завтра: обещают дождь и ветер": [
        "cp1251",
        "koi8-r",
        "iso8859-5",
        "cp866",
    ],
    "Міські новини на завтра: обіцяють дощ і вітер, її немає": ["cp1251", "koi8-u"],
    "Τα νέα της πόλης για αύριο: βροχή και δυνατός άνεμος": ["cp1253", "iso8859-7"],
    "Wieści z miasta na jutro: będzie padać śnieg, później słońce": ["cp1250", "iso8859-2"],
    "Zprávy z města na zítřek: bude pršet, později vyjde slunce": ["cp1250", "iso8859-2"],
    "A város holnapi hírei: eső és erős szél, később kisüt a nap": ["cp1250", "iso8859-2"],
    "Nachrichten für morgen: Schnee und Glätte, später größere Lücken": ["cp1252", "iso8859-15"],
    "Nouvelles de la ville : la pluie est annoncée, le vent très fort": ["cp1252", "mac-roman"],
    "Yarın için şehir haberleri: yağmur ve rüzgâr, sonra güneş çıkıyor": ["cp1254"],
    "Miesto naujienos rytojui: lietus ir vėjas, vėliau šviečia saulė": ["cp1257"],
    "חדשות העיר למחר: גשם ורוח, אחר כך תצא השמש": ["cp1255"],
    "أخبار المدينة ليوم غد: مطر وريح ثم تشرق الشمس": ["cp1256"],
    "ข่าวเมืองวันพรุ่งนี้ ฝนตกและลมแรง แล้วแดดจะออก": ["cp874"],
    "城市明天的新闻：有雨有风，后来出太阳": ["gb18030"],
    "城市明天的新聞：有雨有風，後來出太陽": ["cp950", "big5hkscs"],
    "街の明日のニュース：雨と風、のちに晴れるでしょう": ["cp932", "euc_jp"],
    "내일의 도시 소식: 비와 바람, 나중에 해가 뜹니다": ["cp949"],
}


@pytest.mark.parametrize("media_type", [None, "text/xml; charset=utf-8", "text/xml; charset=iso-8859-1"])
@pytest.mark.parametrize(
    ("text", "codec"), [(text, codec) for text, written in WORDS.items() for codec in written]
)
def test_a_charset_is_told_by_the_text_it_makes(text, codec, media_type):
    assert decode(f"<p>{text}</p>".encode(codec), media_type) == f"<p>{text}</p>"


@pytest.mark.parametrize(
    ("text", "codec"), [(text, codec) for text, written in WORDS.items() for codec in written]
)
def test_a_few_characters_are_what_they_are_declared_to_be(text, codec):
    for start in range(0, len(text) - 12, 6):
        words = text[start : start + 12]
        assert decode(words.encode(codec), f"text/xml; charset={codec}") == words


@pytest.mark.parametrize("declared", ["big5", "gb2312", "shift_jis", "euc-jp", "euc-kr", "koi8-r"])
@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (SIMPLIFIED, "gb18030"),
        (CHINESE, "cp950"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc_jp"),
        (KOREAN, "cp949"),
    ],
)
def test_a_declaration_yields_to_sense(text, codec, declared):
    assert decode(text.encode(codec), f"text/xml; charset={declared}") == text


def test_a_long_text_without_spaces_is_told_too():
    text = "x" + SIMPLIFIED[3:-4] * 100

    assert decode(text.encode("gb18030"), "text/xml; charset=utf-8") == text


def test_the_language_that_a_feed_names_helps_where_letters_do_not():
    feed = "<language>{}</language><title>Haberler: Doğu</title>"

    assert decode(feed.format("tr").encode("cp1254"), None) == feed.format("tr")
    assert "Doðu" in decode(feed.format("is").encode("cp1254"), None)


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("UTF8", "utf-8"),
        ("unicode-1-1-utf-8", "utf-8"),
        ("x-sjis", "cp932"),
        ("windows-31j", "cp932"),
        ("x-gbk", "gb18030"),
        ("GB_2312-80", "gb18030"),
        ("cp936", "gb18030"),
        ("ms950", "cp950"),
        ("cn-big5", "cp950"),
        ("big5-hkscs", "big5hkscs"),
        ("ks_c_5601-1987", "cp949"),
        ("windows-949", "cp949"),
        ("x-euc-jp", "euc_jp"),
        ("ISO_8859-1:1987", "cp1252"),
        ("iso88592", "iso8859-2"),
        ("iso-8859-8-i", "iso8859-8"),
        ("windows-874", "cp874"),
        ("win1251", "cp1251"),
        ("x-cp1251", "cp1251"),
        ("dos-866", "cp866"),
        ("x-mac-roman", "mac-roman"),
        ("koi8-ru", "koi8-u"),
        ("UCS-2", "utf-16"),
        ("iso-10646-ucs-4", "utf-32"),
    ],
)
def test_a_charset_goes_by_many_names(label, codec):
    assert find_codecs(label)[0] == codec


@pytest.mark.parametrize("label", ["", "no-such-charset", "utf-7", "hex", "rot13", "unicode_escape", "idna"])
def test_what_is_no_charset_of_a_document_has_no_codec(label):
    assert find_codecs(label) == ()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"don\x92t, \x93so\x94\x85", "don’t, “so”…"),
        (b"na\xefve", "naïve"),
        (b"5 \x80", "5 €"),
        (b"\xe4\xb8", "\ufffd"),  # the beginning of a character
        (b"\xff", "\ufffd"),
        (b"\xad\xad\xad", "\ufffd\ufffd\ufffd"),
        (b"\xc2\x92", "’"),
        (b"\xed\xa0\xbd\xed\xb8\x80", "😀"),  # each half of UTF-16 as a character: CESU-8
        (b"\xed\xa0\xbd", ""),  # half of one, which is nothing
        (b"\xed\xb8\x80\xed\xa0\xbd", ""),
        (b"a\xc0\x80b", "ab"),  # NUL as Java writes it
    ],
)
def test_what_is_broken_in_utf_8_is_repaired_byte_by_byte(written, read):
    body = CHINESE.encode() + written + b"<br/>"

    assert decode(body, "text/xml; charset=utf-8") == f"{CHINESE}{read}<br/>"


@pytest.mark.parametrize("text", ["Fine 😀", "Café 😀", "新闻 😀😀"])
def test_pairs_of_surrogates_are_utf_8_however_short_the_text(text):
    units = memoryview(text.encode("utf-16-le")).cast("H")
    body = "".join(map(chr, units)).encode("utf-8", "surrogatepass")

    assert decode(body, None) == text


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "cp932", "euc_jp", "utf-16", "utf-32"])
def test_a_character_cut_off_at_the_end_is_left_out(codec):
    assert decode(JAPANESE[:-4].encode(codec)[:-1], f"text/xml; charset={codec}") == JAPANESE[:-5]


def test_text_encoded_twice_is_left_as_it_is():
    twice = "café".encode().decode("cp1252")

    assert decode(f"<p>{twice}</p>".encode(), None) == "<p>cafÃ©</p>"


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" * 300_000,
        b"\xff" * 1_000_000,
        b"a\xe9" * 500_000,
        b"\xff " * 500_000,
        b"<" * 1_000_000 + b"\xff",
        b"a" * 1_000_000 + b"\xff",
        b"\x1b$B" * 300_000,
        b"<?xml " * 160_000 + b"\xff",
        b"<meta " * 160_000 + b"\xff",
        "é".encode() * 400_000 + b"\xff ",
    ],
    ids=lambda body: ascii(body[:6]),
)
def test_a_megabyte_of_anything_takes_a_moment(body):
    began = process_time()
    decode(body, "text/xml; charset=utf-8")

    assert process_time() - began < 1


@given(
    st.binary(max_size=200), st.sampled_from([None, "text/html; charset=big5", "text/xml; charset=utf-16"])
)
def test_decoding_never_fails(body, media_type):
    assert isinstance(decode(body, media_type), str)


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (CHINESE.encode(), None),
        (CHINESE.encode(), "text/xml; charset=utf-8"),
        (b"<rss/>", None),
        (codecs.BOM_UTF8 + CHINESE.encode(), None),
    ],
)
def test_utf_8_is_handed_on_as_it_came(body, media_type):
    assert to_utf_8(body, media_type) is body


@pytest.mark.parametrize(
    ("body", "media_type", "text"),
    [
        (CHINESE.encode() + b" \x93x\x94", None, CHINESE + " “x”"),
        (CHINESE.encode("big5"), "text/xml; charset=big5", CHINESE),
        (CHINESE.encode("utf-16"), None, CHINESE),
    ],
)
def test_what_is_not_utf_8_is_handed_on_in_it(body, media_type, text):
    assert to_utf_8(body, media_type).decode() == text


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16", "utf-16-le", "utf-32"])
def test_tags_are_seen_before_the_charset_is_judged(codec):
    skimmed = skim(f"<rss><title>{CHINESE}</title>".encode(codec), None)
    assert skimmed.startswith("<rss><title>")
    assert skimmed.endswith("</title>")
