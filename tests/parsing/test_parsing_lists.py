"""Lists of subscriptions that were damaged: what may have lost an outline is told, what cannot is not."""

import pytest

from feeds.errors import ParseError
from feeds.model import Document
from feeds.parsing.files import parse_file
from feeds.parsing.opml import parse_opml

ROWS = [f'<outline text="{name}" type="rss" xmlUrl="https://{name}.example/feed"/>\n' for name in "abcd"]
A, B, C, D = ROWS
START = '<?xml version="1.0"?>\n<opml version="2.0"><head><title>Mine</title></head><body>\n'
FOLDER = '<outline text="Folder">\n'
END = "</outline>\n</body></opml>\n"
LIST = f"{START}{A}{FOLDER}{B}{C}{END}"

#: What becomes of the list above, with the reason that is told.
DAMAGES = {
    "nothing behind an outline": (LIST.partition(C)[0], "no element found"),
    "cut in a tag": (LIST.partition("c.example")[0], "unclosed token"),
    "cut in the end": (LIST[:-3], "unclosed token"),
    "a tag in a name": (LIST.replace('"b"', '"b<c"'), "not well-formed"),
    "a tag begun": (LIST.replace(B, "<" + B), "not well-formed"),
    "a tag begun between outlines": (LIST.replace(B, "<b " + B), "not well-formed"),
    "no quote before a name": (LIST.replace('text="b"', 'text=b"'), "not well-formed"),
    "no quote behind a name": (LIST.replace('text="b"', 'text="b'), "not well-formed"),
    "no quote behind an address": (LIST.replace('b.example/feed"', "b.example/feed"), "not well-formed"),
    "no sign of equality": (
        LIST.replace("https://b", "b").replace('xmlUrl="b', 'xmlUrl"b'),
        "not well-formed",
    ),
    "no space between attributes": (LIST.replace('"b" type', '"b"type'), "not well-formed"),
    "an attribute twice": (LIST.replace('text="b"', 'text="b" text="c"'), "duplicate attribute"),
    "two outlines in one": (
        LIST.replace(B + C, B.partition("/>")[0] + C.partition("outline")[2]),
        "duplicate",
    ),
    "no end of an outline": (LIST.replace(B, B.replace("/>", ">")), "mismatched tag"),
    "no sign behind a tag": (LIST.replace(B, B.replace("/>", "/")), "not well-formed"),
    "no end of a folder": (LIST.replace("</outline>", ""), "mismatched tag"),
    "no beginning of a folder": (LIST.replace(FOLDER, ""), "mismatched tag"),
    "tags that cross": (LIST.replace("</outline>\n</body>", "</body></outline>"), "mismatched tag"),
    "another end": (LIST.replace("</outline>", "</outlime>"), "mismatched tag"),
    "no end of the head": (LIST.replace("</head>", ""), "outside of the outlines"),
    "an element renamed": (LIST.replace(B, B.replace("outline", "outlime")), "outside of the outlines"),
    "an attribute renamed": (LIST.replace('xmlUrl="https://b', 'xmlUrk="https://b'), "without its address"),
    "an attribute renamed, no type": (
        LIST.replace('type="rss" xmlUrl="https://b', 'xmlUrk="https://b'),
        "without its address",
    ),
    "another scheme": (LIST.replace("https://b", "htvps://b"), "cannot be read"),
    "no scheme": (LIST.replace("https://b", "b"), "cannot be read"),
    "a control in an address": (LIST.replace("b.example", "b.exa\x02ple"), "cannot be read"),
    "the rest of an outline": (LIST.replace(B, B.partition(" xml")[2]), "text between"),
    "a tag that ends early": (
        LIST.replace(B, B.replace("text", ">text").replace("/>", "></outline>")),
        "text between",
    ),
    "the rest of an element": (LIST.replace(B, "<out/>"), "no outline"),
    "only a head": (LIST.partition("<body>")[0] + "</opml>", "it has no body"),
    "an address emptied": (LIST.replace("https://b.example/feed", ""), "without its address"),
    "an attribute written over": (
        LIST.replace('text="b" type="rss" xmlUrl', " " * 23 + "Url"),
        "without its address",
    ),
    "bytes of nothing": (LIST.replace(B, "\0" * len(B)), "written over"),
    "bytes of nothing in a name": (LIST.replace('"b"', '"\0"'), "written over"),
    "bytes of nothing from address to address": (
        LIST.replace(LIST[LIST.index("b.exa") : LIST.index("c.exa")], "\0" * 60),
        "written over",
    ),
    "a comment without end": (LIST.replace(B, "<!--" + B), "unclosed token"),
    "a comment that ends in another": (
        LIST.replace(B, "<!-- b " + B).replace("</outline>", "<!-- c --></outline>"),
        "not well-formed",
    ),
    "a comment in a tag": (LIST.replace('text="b"', '<!-- text="b" -->'), "not well-formed"),
    "outlines as character data": (LIST.replace(B, f"<![CDATA[{B}]]>"), "text between"),
    "outlines in the head": (LIST.replace("</head>", f"{D}</head>"), "outside of the outlines"),
    "a list in a list": (LIST.replace(B, f"<opml><body>{B}</body></opml>"), "no outline"),
    "two lists": (LIST + LIST, "junk after document element"),
    "half a list and a list": (LIST.partition(C)[0] + LIST, "XML or text declaration not at start of entity"),
    "the end of a list and a list": (LIST.partition(B)[2] + LIST, "in the middle of its outlines"),
    "two beginnings": (START + A + START.partition("\n")[2] + B + END, "no outline"),
    "what is no part of a list": (LIST + "More.", "junk after document element"),
}

#: What is wrong with it and loses nothing.
DEFECTS = {
    "ampersands": LIST.replace("c.example/feed", "c.example/feed?a=1&b=2").replace('"b"', '"b & b"'),
    "entities of HTML": LIST.replace('"b"', '"b&nbsp;b&eacute;&bogus;"'),
    "references in single quotes": LIST.replace('"b"', "'b&#39;s &quot;b&quot;'"),
    "controls in a name": LIST.replace('"b"', '"b\x0b\x19"'),
    "controls between outlines": LIST.replace(B, B + "\x0c"),
    "an undeclared prefix": LIST.replace('text="b"', 'text="b" x:y="z"'),
    "a message before it": "<br />\n<b>Warning</b>: none in <b>x</b>\n" + LIST,
    "blank lines before it": "\n\n" + LIST,
    "a comment behind it": LIST + "<!-- c --><!-- d -->\n",
    "a document type": LIST.replace("<opml", "<!DOCTYPE opml SYSTEM 'x.dtd'>\n<opml", 1),
    "an outline commented out": LIST.replace(B, B + f"<!-- {D.replace('d.', 'd--d.')} -->"),
    "an outline twice": LIST.replace(B, B + B),
    "an empty folder with a picture": LIST.replace(
        B, B + '<outline text="Empty" icon="https://x.example/icon.png"/>'
    ),
    "an empty folder": LIST.replace(B, B + '<outline text="Empty"/>'),
    "an empty address": LIST.replace(B, B + '<outline text="x" type="link" xmlUrl="" htmlUrl="https://x/"/>'),
    "a link": LIST.replace(B, B + '<outline text="x" type="link" url="https://x.example/"/>'),
    "another reader's source": LIST.replace(B, B + '<outline text="x" type="rss" xmlUrl="exec:x"/>'),
    "another reader's settings": LIST.replace(
        B, B + '<outline filter-type="2"><![CDATA[{"x": 1}]]></outline>'
    ),
    "another reader's elements": LIST.replace(B, B + "<x:y>z</x:y>"),
}
ADDRESSES = [f"https://{name}.example/feed" for name in "abc"]


def read(text):
    """Return the addresses that are read of a list, and the problem with it; None for what is refused."""
    body = text if isinstance(text, bytes) else text.encode()
    try:
        found = parse_file(Document("file:///x", body, path="a.opml"))
    except ParseError:
        return None
    return [one.url for one in found.subscriptions], found.problem


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_list_is_told_and_read_as_far_as_it_is_whole(damage):
    text, reason = DAMAGES[damage]
    found, problem = read(text)

    assert found == ADDRESSES[: len(found)]
    assert found or "head" in damage or "begin" in problem
    assert reason in problem
    assert problem.endswith("and nothing unsubscribed, until it is whole")


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_list_that_has_lost_nothing_is_whole(defect):
    found, problem = read(DEFECTS[defect])

    assert [url.partition("?")[0] for url in found] == ADDRESSES
    assert problem is None


@pytest.mark.parametrize("charset", ["cp1252", "cp1251", "gb18030", "shift_jis", "utf-16", "utf-16-le"])
def test_a_list_in_another_charset_than_it_says_is_whole(charset):
    name = {"cp1252": "Café “x” – déjà vu", "cp1251": "Новости сайта"}.get(charset, "日本語")
    text = LIST.replace('"b"', f'"{name}"').replace("1.0", '1.0" encoding="utf-8', 1)

    assert read(text.encode(charset)) == (ADDRESSES, None)


@pytest.mark.parametrize("charset", ["gb18030", "utf-16"])
def test_a_folder_ruled_with_signs_is_no_damage(charset):
    text = LIST.replace("Folder", "—" * 12).replace("1.0", f'1.0" encoding="{charset}', 1)

    assert read(text.encode(charset)) == (ADDRESSES, None)


@pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
def test_chance_bytes_in_place_of_outlines_are_told(charset):
    body = LIST.replace('"a"', '"Café"').encode(charset)
    start, end = body.index(b"b.example"), body.index(b"c.example")
    chance = bytes(range(127, 127 + 40)) + b"\x01\x02"
    for bytes_there in (chance, b"\xff" * 40, b"\xcd" * 40):
        _, problem = read(body[:start] + bytes_there + body[end:])

        assert problem


@pytest.mark.parametrize(
    "there", [b"", b"\0", b"<", b">", b'"', b"/", b"=", b"x", b" ", b"\xff", b"-->", b"<!--"]
)
def test_no_single_damage_loses_an_address_of_a_whole_list(there):
    body = LIST.encode()
    lost = []
    for place in range(len(body)):
        result = read(body[:place] + there + body[place + 1 :])
        if result and result[1] is None and len(result[0]) != len(ADDRESSES):
            lost.append((place, body[place : place + 20]))

    assert lost == []


@pytest.mark.parametrize(
    ("attributes", "name", "title"),
    [
        ('text="Mine" x:feedsTitle="The Paper"', "Mine", "The Paper"),
        ('text="The Paper" x:feedsTitle="The Paper"', None, "The Paper"),
        ('text="https://a.example/feed"', None, None),
        ('text="The Paper"', "The Paper", None),
    ],
)
def test_a_name_that_is_only_what_the_feed_calls_itself_is_no_name(attributes, name, title):
    outline = f'<outline xmlns:x="urn:x" {attributes} xmlUrl="https://a.example/feed"/>'
    document = Document("list.opml", f"{START}{outline}</body></opml>".encode(), path="list.opml")
    [declaration] = parse_opml(document)[0]

    assert (declaration.name, declaration.title) == (name, title)
