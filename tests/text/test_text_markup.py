import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text.markup import escape_text, excerpt, first_image, plain_text, sanitize, text_sample

BASE = "https://a.example/news/story"

ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<img src="x" onerror="alert(1)"/>',
    "<img/src=x/onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><img src=x onerror=alert(1)></template>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><input type=submit formaction=javascript:alert(1)></form>",
    "<button onclick=alert(1)>x</button>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href=//evil.example onmouseover=alert(1) style=color:red>x</a>",
    "<img srcset='javascript:alert(1) 1x, data:x 2x'>",
    "<video poster=javascript:alert(1) src=data:x onplay=alert(1)></video>",
    "<audio src=javascript:alert(1) autoplay></audio>",
    "<source src=javascript:alert(1)>",
    "<blockquote cite=javascript:alert(1)>x</blockquote>",
    "<style>@import 'javascript:alert(1)';</style>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<link rel=stylesheet href=javascript:alert(1)>",
    "<base href=javascript:alert(1)//>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<body onload=alert(1)>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<textarea></textarea><script>alert(1)</script>",
    "<title><a title='</title><script>alert(1)</script>'>",
    "<xmp></xmp><script>alert(1)</script>",
    "<plaintext><script>alert(1)</script>",
    "<p id=x class=y name=z data-x=1>x</p>",
    "\ud800<script>alert(1)</script>\x00",
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_runs_gets_through(attack):
    safe = sanitize(attack, BASE)

    for forbidden in (
        "<script",
        "javascript:",
        "<svg",
        "<math",
        "<iframe",
        "<object",
        "<form",
        "<style",
        " on",
    ):
        assert forbidden not in safe.replace("&lt;script", "").replace("&lt;img src=x on", "").lower()
    for forbidden in (" style=", " id=", " class=", " name=", " data-", " srcdoc=", "data:", "vbscript:"):
        assert forbidden not in safe


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_hidden_in_entities_stays_text(attack):
    shown = escape_text(attack)

    assert "<" not in sanitize(shown, BASE).replace("<br>", "")


NESTING = (
    "a", "b", "p", "pre", "div", "table", "tr", "td", "ul", "li", "object", "svg", "math", "mi", "select",
    "marquee", "dialog", "form",
)  # fmt: skip
PIECES = [
    *(f"<{tag}>" for tag in NESTING),
    *(f"</{tag}>" for tag in NESTING),
    "<img src=x>", "<img>", "<a href='/x y'>", "<img srcset='a 1x,b, c 2w'>", "<video src=x>", "<!--", "-->",
    "x", "\n", "&lt;b&gt;", "&amp;lt;", "<", "&#0;", "\u00a0", "</", "<noscript>", "<scr", "ipt>",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_sanitizing_again_changes_nothing(html):
    safe = sanitize(html, BASE)

    assert sanitize(safe, None) == safe


@given(st.text(max_size=80))
def test_any_text_can_be_sanitized_and_read(text):
    safe = sanitize(text, None)

    assert sanitize(safe, None) == safe
    assert plain_text(escape_text(text)) == plain_text(escape_text(plain_text(escape_text(text))))


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("<p>One <b>two</b></p>", "<p>One <b>two</b></p>"),
        ("<p>open", "<p>open</p>"),
        ("<h2>a</h2><table><tr><td colspan=2>b</td></tr></table>",
         "<h2>a</h2><table><tbody><tr><td colspan=\"2\">b</td></tr></tbody></table>"),
        ("<a href='../x'>x</a>", '<a href="https://a.example/x" rel="noopener noreferrer">x</a>'),
        ("<a href='mailto:me@a.example' target=_blank>x</a>",
         '<a href="mailto:me@a.example" rel="noopener noreferrer">x</a>'),
        ("<a href='ftp://a.example/'>x</a>", '<a rel="noopener noreferrer">x</a>'),
        ("<img src=/i.png alt='a' width=100% height=20>",
         '<img src="https://a.example/i.png" alt="a" height="20">'),
        ("<img src=/i.png width=400px height=' 300.5 '>",
         '<img src="https://a.example/i.png" width="400" height="300">'),
        ("<img src=''>", ""),
        ("<img src='data:image/png;base64,AA=='>", ""),
        ("<img src='mailto:a@a.example'>", ""),
        ("<noscript><img src=/i.png></noscript>", '<img src="https://a.example/i.png">'),
        ("<img srcset='a.png, b,c.png 2x,d.png 3x'>",
         '<img srcset="https://a.example/news/a.png, https://a.example/news/b,c.png 2x, '
         'https://a.example/news/d.png 3x">'),
        ("<img srcset='a.png 100w, data:x 2x' sizes=50vw>",
         '<img srcset="https://a.example/news/a.png 100w" sizes="50vw">'),
        ("<picture><source srcset=a.webp type=image/webp><img src=a.png></picture>",
         '<picture><source srcset="https://a.example/news/a.webp" type="image/webp">'
         '<img src="https://a.example/news/a.png"></picture>'),
        ("<figure><img src=/i.png><figcaption>x</figcaption></figure>",
         '<figure><img src="https://a.example/i.png"><figcaption>x</figcaption></figure>'),
        ("<video src=/v.mp4 autoplay loop>no</video>",
         '<video src="https://a.example/v.mp4" controls="">no</video>'),
        ("<p>a<iframe src='https://b.example/'><p>no frames</p></iframe>b",
         '<p>a<a href="https://b.example/" rel="noopener noreferrer">https://b.example/</a>b</p>'),
        ("<IFRAME title='1 &lt; 2 > 0' width=5 src=//b.example/v?a&b></IFRAME>c",
         '<a href="https://b.example/v?a&amp;b" rel="noopener noreferrer">1 &lt; 2 &gt; 0</a>c'),
        ("<iframe src=about:blank></iframe><iframe><p>x</p></iframe><iframe srcdoc=x></iframe>", ""),
        ("""<img alt="<iframe src='https://b.example/'>" src=a.png>c""",
         """<img alt="&lt;iframe src='https://b.example/'&gt;" src="https://a.example/news/a.png">c"""),
        ("<font color=red>x</font><custom-tag>y</custom-tag>", "xy"),
        ("<p lang=ja dir=rtl>x</p>", '<p lang="ja" dir="rtl">x</p>'),
        ("a\x00b\x0bc&#1;d", "abcd"),
        ("<pre>\n\n one\n  two</pre>", "<pre> one\n  two</pre>"),
        ("a > b & c&nbsp;d\r\ne", "a &gt; b &amp; c&nbsp;d\ne"),
        ("<audio><source src=/a.mp3 type=audio/mpeg><track src=/a.vtt kind=captions srclang=en></audio>",
         '<audio controls=""><source src="https://a.example/a.mp3" type="audio/mpeg">'
         '<track src="https://a.example/a.vtt" kind="captions" srclang="en"></audio>'),
    ],
)  # fmt: skip
def test_what_is_safe_is_kept_and_made_absolute(html, safe):
    assert sanitize(html, BASE) == safe


def test_a_relative_address_without_base_is_dropped():
    assert sanitize("<a href=/x>x</a><img src=/i.png>", None) == '<a rel="noopener noreferrer">x</a>'


def test_no_address_repeats_the_secrets_of_the_base():
    safe = sanitize("<a href=#x>x</a>", "https://me:pw@a.example/feed?token=1")

    assert safe == '<a href="https://a.example/feed#x" rel="noopener noreferrer">x</a>'


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000,
        "<div></x>" * 20_000,
        "<b>" * 50_000 + "x",
        "<a href=x>y</a>" * 10_000,
        "<" * 500_000,
        "&amp; " * 200_000,
        "x\u00a0" * 200_000,
    ],
)
def test_what_would_take_too_long_to_parse_becomes_plain_text(html):
    safe = sanitize(html, None)

    assert "<" not in safe
    assert sanitize(safe, None) == safe
    assert len(plain_text(html)) <= len(html)


def test_a_source_set_without_end_is_dropped():
    assert sanitize("<img srcset='" + "a, " * 300_000 + "'>", BASE) == ""


def test_a_table_of_four_thousand_short_cells_stays_one():
    row = "<tr><td>1</td><td>2</td></tr>"
    table = f"<table><tbody>{row * 1300}</tbody></table>"

    assert sanitize(table, None) == table


def test_long_documents_with_shallow_nesting_keep_their_markup():
    html = "<div><p>a</p></div>" * 2000

    assert sanitize(html, None) == html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain  text\n here", "plain text here"),
        ("<p>One</p><p>two<br>three</p>", "One two three"),
        ("<b>bo</b>ld", "bold"),
        ("AT&amp;T &lt;b&gt; &copy; &#20013;", "AT&T <b> © 中"),
        ("a<script>x()</script><style>p{}</style>b", "ab"),
        ("<!-- no -->yes", "yes"),
        ("a&nbsp;b\u3000c\u2028d", "a b c d"),
        ("<p lang=en>x</p>", "x"),
        ("<ul><li>a<li>b</ul>", "a b"),
        ("3 < 4 & 5 > 2", "3 < 4 & 5 > 2"),
        ("a\x00b\ud800", "ab"),
        ("", ""),
        ("a <vector> of <set><b>b</b>", "a of b"),
        ("<svg><path d=x /></svg><math><mi>x</mi></math> y", "x y"),
        ("<img alt='a > b'>c", "c"),
        ("<A HREF='x'>a</A><BR/>b", "a b"),
        ("<title>a</title>", "a"),
        ("a<!-- b > c", "a c"),
        (" a \n\tb c\u3000 d\r" * 20_000, ("a b c d " * 20_000).strip()),
        ("a <!DOCTYPE ~", "a <!DOCTYPE ~"),
        ("<a href=x><img src=x alt='A &amp; B'> <img alt=C></a>", "A & B C"),
        ("<img alt=A>b", "b"),
        ("<script><img alt=A></script><img alt=''>", ""),
    ],
)
def test_plain_text_is_what_a_reader_sees(html, text):
    assert plain_text(html) == text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("one\ntwo", "one<br>two"),
        ("one\n\ntwo\r\nthree", "<p>one</p><p>two<br>three</p>"),
        ("one\n \n\ntwo", "<p>one</p><p>two</p>"),
        ("  ", ""),
    ],
)
def test_text_becomes_html(text, html):
    assert escape_text(text) == html


@pytest.mark.parametrize(
    ("html", "limit", "expected"),
    [
        ("<p>short</p>", 200, "short"),
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two…"),
        ("one two three", 8, "one two…"),
        ("one two three", 7, "one…"),
        ("unbreakable", 5, "unbr…"),
        ("今天的新聞說得很清楚", 5, "今天的新…"),
        ("今天 abc def", 7, "今天 abc…"),
        ("<figure><img><figcaption>A mole</figcaption></figure><p>The sea rose.</p>", 200, "The sea rose."),
        ("<figure><figcaption>A mole</figcaption></figure>", 200, "A mole"),
        ("<figcaption>one</figcaption> two <figcaption>open", 200, "two open"),
    ],
)
def test_an_excerpt_is_cut_between_words_or_anywhere_in_chinese(html, limit, expected):
    assert excerpt(html, limit) == expected


@given(st.text(max_size=60), st.integers(min_value=1, max_value=40))
def test_an_excerpt_is_never_longer_than_asked_for(text, limit):
    assert len(excerpt(escape_text(text), limit)) <= limit


def test_the_first_image_is_found_in_sanitized_html():
    html = sanitize("<p><img><img alt='&gt; src=\"x\"' src='/i.png?a=1&b=2'><img src=/j.png></p>", BASE)

    assert first_image(html) == "https://a.example/i.png?a=1&b=2"
    assert first_image("<p>none</p>") is None
    assert first_image('<img srcset="https://a.example/i.png">') is None


@pytest.mark.parametrize(
    ("html", "limit", "text"),
    [
        ("<p>One <b>t</b>wo</p><p>three<br>four</p>", 100, "One two three four"),
        ('<a href="https://a.example/?a&gt;b" rel="x">a &amp; b</a>', 100, "a & b"),
        ("<p>One two</p>", 4, "One"),
        ("<p>一二三四</p>", 3, "一二三"),
        ("a&amp;b", 2, "a&"),
        ('<img src="https://a.example/a-very-long-address/of-a-picture.png" alt="x">abcdef', 3, "abc"),
        ("", 9, ""),
    ],
)
def test_a_sample_is_the_start_of_the_text(html, limit, text):
    assert text_sample(sanitize(html, None), limit) == text


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_a_sample_of_sanitized_html_is_its_plain_text(html):
    safe = sanitize(html, BASE)

    assert text_sample(safe, 1000) == plain_text(safe)


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("<strike>a</strike> <tt>b</tt> <acronym title=x>c</acronym>",
         '<s>a</s> <code>b</code> <abbr title="x">c</abbr>'),
        ("<center>a</center><form><fieldset><legend>b</legend>c</fieldset></form>",
         "<div>a</div><div><div><div>b</div>c</div></div>"),
        ("<menu><li>a</menu><dir><li>b</dir>", "<ul><li>a</li></ul><ul><li>b</li></ul>"),
        ("<label>a</label> <button>b</button> <textarea>c <b></textarea><input value=d>",
         "a b c &lt;b&gt;"),
        ("<select><option>a</option><option>b</option></select>", " a  b "),
        ("<svg><title>x</title><text>a</text><text>b</text><style>x</style></svg>", " a  b "),
        ("<math><mi>a</mi><mo>=</mo><mn>1</mn><annotation>x</annotation></math>", "a=1"),
        ("<canvas>a</canvas><object>b</object><o:p>c</o:p><dialog>d</dialog>", "abc<div>d</div>"),
        ("<noscript><p>a</noscript><noembed><p>b</noembed>", "<p>a</p><p>b</p>"),
        ("<![CDATA[<p>a</p>]]>b", "<p>a</p>b"),
        ("<h1>a<font><h2>b</h2></font></h1>", "<h1>a</h1><h2>b</h2>"),
        ("a <vector> of <T> and <set>b", "a  of  and b"),
        ("<template>x</template><datalist><option>x</datalist><title>x</title>a", "a"),
        ("<p>a</p><!-- b <p>c</p>", "<p>a</p><p>c</p>"),
        ("<!-- a --><p>b</p><!---- c > d <!--e>f", "<p>b</p> d f"),
        ("a<!-- b", "a"),
        ("a<!--[if mso]><p>b</p>", "a"),
        ("<script><!-- x </script><style><!-- y </style>a", "a"),
        ("if x<y then z", "if x&lt;y then z"),
        ("a <!b and c", "a &lt;!b and c"),
        ("a <stro", "a "),
        ("a <o:p class='b c", "a "),
        ("a <!DOCTYPE html PUBLIC", "a "),
        ("<math><mi>x</mi><mo>=</mo><mfrac><mn>1</mn><mrow><mi>y</mi></mrow></mfrac></math>", "x=1 y"),
        ("<img src='data:image/png;base64,AA==' alt='A &quot;graph&quot; & b'><img alt=''>",
         'A "graph" &amp; b'),
        ("<img alt=a><img src=/i.png alt=a><img alt=b><img alt=b>",
         '<img src="https://a.example/i.png" alt="a">b'),
    ],
)  # fmt: skip
def test_the_text_of_what_is_taken_away_stays(html, safe):
    assert sanitize(html, BASE) == safe


def video(page, picture, title):
    return f'<a href="{page}" rel="noopener noreferrer"><img src="{picture}" alt="{title}"></a>'


def link(page, title=None):
    return f'<a href="{page}" rel="noopener noreferrer">{title or page}</a>'


FILM = "https://www.youtube.com/watch?v=abcdefghijk"
FILM_PICTURE = "https://i.ytimg.com/vi/abcdefghijk/hqdefault.jpg"


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("<iframe src='https://www.youtube.com/embed/abcdefghijk?rel=0' title='A &amp; B'></iframe>",
         video(FILM, FILM_PICTURE, "A &amp; B")),
        ("<iframe src='//www.youtube-nocookie.com/embed/abcdefghijk'></iframe>",
         video(FILM, FILM_PICTURE, FILM)),
        ("<iframe data-src='https://youtu.be/abcdefghijk' src='about:blank'></iframe>",
         video(FILM, FILM_PICTURE, FILM)),
        ("<lite-youtube videoid=abcdefghijk></lite-youtube>", video(FILM, FILM_PICTURE, FILM)),
        ("<amp-youtube data-videoid=abcdefghijk></amp-youtube>", video(FILM, FILM_PICTURE, FILM)),
        ("<object data='http://www.youtube.com/v/abcdefghijk'><param name=movie "
         "value='http://www.youtube.com/v/abcdefghijk&amp;hl=en'><embed type=application/x-shockwave-flash "
         "src='http://www.youtube.com/v/abcdefghijk'></object>",
         video(FILM, FILM_PICTURE, FILM)),
        ("<iframe src='https://www.dailymotion.com/embed/video/x8abc'></iframe>",
         video("https://www.dailymotion.com/video/x8abc",
               "https://www.dailymotion.com/thumbnail/video/x8abc", "https://www.dailymotion.com/video/x8abc")),
        ("<iframe src='https://player.vimeo.com/video/123?h=1' title=V></iframe>",
         link("https://vimeo.com/123", "V")),
        ("<iframe src='//player.bilibili.com/player.html?aid=1&bvid=BV1a&cid=2'></iframe>",
         link("https://www.bilibili.com/video/BV1a")),
        ("<iframe src='https://open.spotify.com/embed/track/1a?x=y'></iframe>",
         link("https://open.spotify.com/track/1a")),
        ("<iframe src='https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/a/b&amp;x=y'></iframe>",
         link("https://soundcloud.com/a/b")),
        ("<iframe src='https://b.example/map?a=1&amp;b=2'></iframe>",
         link("https://b.example/map?a=1&amp;b=2")),
        ("<iframe src='https://b.example/count' width=1 height=1></iframe>", ""),
        ("<embed src=/old.swf><object data=/x type=application/x-shockwave-flash>a</object>", "a"),
        ("<object data=/a.pdf type=application/pdf>x</object>", link("https://a.example/a.pdf") + "x"),
        ("<object data=/a.pdf></object><a href=/a.pdf>A</a>", link("https://a.example/a.pdf", "A")),
        ("<blockquote><a href=https://b.example/p/>P</a></blockquote>"
         "<iframe src='https://b.example/p/embed/#?secret=x1'></iframe>",
         f"<blockquote>{link('https://b.example/p/', 'P')}</blockquote>"),
        ("<blockquote class=twitter-tweet><p>a</p></blockquote><script src=x></script>",
         "<blockquote><p>a</p></blockquote>"),
        ("<iframe src='https://www.youtube.com/watch?t=1&amp;v=abcdefghijk&amp;x=y'></iframe>",
         video(FILM, FILM_PICTURE, FILM)),
        ("<embed src='https://youtube.googleapis.com/v/abcdefghijk?hl=en'>", video(FILM, FILM_PICTURE, FILM)),
        ("<iframe src='https://www.youtube.com/embed/live_stream?channel=UCa-1'></iframe>",
         link("https://www.youtube.com/channel/UCa-1/live")),
        ("<iframe src='https://www.youtube.com/embed?listType=playlist&amp;list=PLa'></iframe>",
         link("https://www.youtube.com/playlist?list=PLa")),
        ("<embed type=application/x-shockwave-flash src='http://vimeo.com/moogaloop.swf?clip_id=12&amp;server=x'>",
         link("https://vimeo.com/12")),
        ("<embed type=application/x-shockwave-flash src='http://player.youku.com/player.php/sid/XNDk=/v.swf'>",
         link("https://v.youku.com/v_show/id_XNDk=.html")),
        ("<embed type=application/x-shockwave-flash src='http://static.video.qq.com/TPout.swf?vid=a0b1&amp;auto=0'>",
         link("https://v.qq.com/x/page/a0b1.html")),
        ("<iframe src='//www.bilibili.com/blackboard/webplayer/embed-old.html?aid=170001'></iframe>",
         link("https://www.bilibili.com/video/av170001")),
        ("<iframe src='https://open.spotify.com/embed/user/a/playlist/1b'></iframe>",
         link("https://open.spotify.com/user/a/playlist/1b")),
        ("<iframe src='https://embed.spotify.com/?uri=spotify:track:1a'></iframe>",
         link("https://open.spotify.com/track/1a")),
        ("<iframe src='https://platform.twitter.com/embed/Tweet.html?dnt=true&amp;id=12'></iframe>",
         link("https://twitter.com/i/status/12")),
        ("<iframe data-litespeed-src='https://youtu.be/abcdefghijk' src='about:blank'></iframe>",
         video(FILM, FILM_PICTURE, FILM)),
        ("<lite-vimeo videoid=12></lite-vimeo>", link("https://vimeo.com/12")),
        ("<p>a<!-- /> --><iframe src='https://b.example/' /> b</p><p>c</p>",
         f"<p>a{link('https://b.example/')} b</p><p>c</p>"),
        ("<iframe src='https://b.example/'></iframe><IFRAME src='https://c.example/'><p>c</p>",
         f"{link('https://b.example/')}{link('https://c.example/')}<p>c</p>"),
        ("a<amp-img src=/i.png alt=b></amp-img><amp-video src=/v.mp4></amp-video>",
         'a<img src="https://a.example/i.png" alt="b">'
         '<video src="https://a.example/v.mp4" controls=""></video>'),
    ],
)  # fmt: skip
def test_a_page_within_the_page_becomes_a_link(html, safe):
    assert sanitize(html, BASE) == safe


def test_a_page_links_to_few_pages_within_it():
    html = "".join(f"<embed src='https://b.example/{n}'>" for n in range(3000))

    assert 1000 < sanitize(html, None).count("<a ") < 2500


REAL = '<img src="https://a.example/real.png">'


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("<img src='data:image/gif;base64,AA' data-src=/real.png>", REAL),
        ("<img src=/img/blank.gif data-original=/real.png>", REAL),
        ("<img src=/placeholder-10x10.png?v=1 data-lazy-src=/real.png>", REAL),
        ("<img src=/real.png data-src=/other.png>", REAL),
        ("<img data-src='javascript:x' alt=a>", "a"),
        ("<img src=/real.png data-lazyload=/other.png>", REAL),
        ("<img data-lazyload=/real.png><img data-orig-src=/real.png src='data:x'>", REAL + REAL),
        ("<img data-src=/real.png><noscript><img src=/real.png></noscript>", REAL),
        ("<img src=/spacer.gif data-src=/real.png data-srcset='/a.png 2x'>",
         '<img src="https://a.example/real.png" srcset="https://a.example/a.png 2x">'),
        ("<picture><source data-srcset=/a.webp><img data-src=/real.png></picture>",
         f'<picture><source srcset="https://a.example/a.webp">{REAL}</picture>'),
    ],
)  # fmt: skip
def test_a_picture_that_a_script_would_load_is_shown(html, safe):
    assert sanitize(html, BASE) == safe


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("<p>one <b>two</b></p><script>x</script><p>three" + "<div>" * 1000, "<p>one two</p><p>three</p>"),
        ("<p " + "".join(f"a{n} " for n in range(5000)) + ">one</p>two", "<p>one</p><p>two</p>"),
        ("<!-- x --><b>one</b>" + "<ul><li>" * 1000 + "a &lt; b", "<p>one</p><p>a &lt; b</p>"),
        ("<br>" * 90_000 + "one<p>two", "one two"),
        ("<!DOCTYPE html><?x y?>one" + "<div>" * 1000 + "<!-- a <b>two", "<p>one</p><p>two</p>"),
    ],
)  # fmt: skip
def test_what_would_take_too_long_to_parse_keeps_its_paragraphs(html, safe):
    assert sanitize(html, BASE) == safe
    assert sanitize(safe, None) == safe


#: A head, what is repeated, and what follows: each has been the cause of quadratic time somewhere.
GROWING = {
    "nested blocks": ("", "<div>", ""),
    "nested items": ("", "<li><dd>", ""),
    "nested blocks, faked ends": ("", "<div><br a='</div>'>", ""),
    "nested blocks, ends in comments": ("", "<div><!--</div>-->", ""),
    "nested blocks, ends in scripts": ("", "<div><script></div></script>", ""),
    "nested drawings": ("<svg>", "<td>", "</x>"),
    "links around blocks": ("", "<a><div></a>", ""),
    "formatting left open": ("".join(f"<b a={n}>" for n in range(400)), "<p>x", ""),
    "formatting crossed": ("", "<b>x<div>y</b>", ""),
    "attributes": ("<p ", "a{} ", ">"),
    "attributes in a drawing": ("<svg><style><p ", "a{} ", ">"),
    "ampersands": ("<p>", "& a few words ", ""),
    "ampersands in an attribute": ("<p title='", "& a few words ", "'>"),
    "no-break spaces": ("<p>", "x ", ""),
    "comments": ("", "<!--", ""),
    "comments of signs": ("<!-", "-", "<!-"),
    "comments left open": ("-->", "<!--x>", ""),
    "pictures without address": ("", "<img alt=a{}>", ""),
    "quotes": ("", '<a href="', ""),
    "angles": ("<p>", "<", ""),
    "moved out of a table": ("<table>", "x<p>", ""),
    "candidates": ("<img srcset='", "https://b.example/a.png 1x, ", "'>"),
    "embeds": ("", "<iframe src='https://b.example/{}'></iframe>", ""),
    "pictures": ("", "<img data-src=/{} src=blank.gif>", ""),
    "frames left open": ("", "<iframe src=/{}>", ""),
    "frames closed as in XML": ("", "<iframe src='/{}'/>x", ""),
    "frames broken off": ("", "<iframe /", ""),
}


@pytest.mark.parametrize("growing", GROWING)
def test_time_grows_with_the_html_and_no_faster(growing):
    head, unit, tail = GROWING[growing]

    def measure(size):
        html = head + "".join(unit.format(n) for n in range(size // len(unit))) + tail
        start = time.process_time()
        sanitize(html, BASE)
        plain_text(html)
        return time.process_time() - start

    # Four times as much takes four times as long; sixteen times would be quadratic.
    assert measure(1_600_000) < 8 * measure(400_000) + 0.1
