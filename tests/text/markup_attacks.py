"""HTML that means harm, by what it counts on; and what no parser may ever find in what we let through."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from feeds.text.markup.allowed import ATTRIBUTES, SCHEMES, TAGS

RUN = "alert(1)"
IMAGE = f"<img src=x onerror={RUN}>"

#: The sanitizer's parser and the reader's disagree where markup ends or in which language it is.
MUTATIONS = [
    f"<math><mtext><table><mglyph><style><!--</style>{IMAGE}",
    f"<math><mtext><mglyph><style><!--</style>{IMAGE}--></style>",
    f'<svg></p><style><a title="</style>{IMAGE}">',
    f'<svg><style><a title="</style>{IMAGE}"></a></style></svg>',
    f'<math></p><style><!--</style><img title="--&gt;{IMAGE}">',
    f"<form><math><mtext></form><form><mglyph><style></math>{IMAGE}",
    f"<noscript><p title='</noscript>{IMAGE}'></noscript>",
    f"<noscript><style></noscript>{IMAGE}</style>",
    f'<p title="<noscript>{IMAGE}</noscript>">x</p>',
    f"<no<noscript>script>{IMAGE}",
    f"<scr<noscript>ipt>{RUN}</scr</noscript>ipt>",
    f"<scr<![CDATA[ipt>{RUN}</scr]]>ipt>",
    f"<<![CDATA[]]>script>{RUN}</script>",
    f"<![CDA]]>TA[<script>{RUN}</script>]]>",
    f"<svg><![CDATA[><image xlink:href='https://b.example/'>{IMAGE}]]></svg>",
    f"<svg><desc><![CDATA[</desc><script>{RUN}</script>]]></svg>",
    f"<template><s><template><s>{IMAGE}</s></template></s></template>",
    f"<table><tr><td></table>{IMAGE}<table><caption><a href=x><table><a href=javascript:{RUN}>x",
    f"<a href=x><table><a href=javascript:{RUN}>x</a></table></a>",
    f"<select><template><style><!--</style>{IMAGE}</select>",
    f"<select><iframe></select>{IMAGE}</iframe>",
    f"<select><style></select>{IMAGE}</style></select>",
    f"<textarea><iframe></textarea>{IMAGE}</iframe>",
    f"<title><iframe></title>{IMAGE}</iframe>",
    f"<xmp><p title='</xmp>{IMAGE}'></xmp>",
    f"<listing>&lt;/listing>{IMAGE}</listing>",
    f"<plaintext><p title='</plaintext>{IMAGE}'>",
    f"<iframe src='https://b.example/'><p title='</iframe>{IMAGE}'></iframe>",
    f"<math><iframe src='https://b.example/'><iframe></iframe>{IMAGE}</iframe></math>",
    f"<svg><iframe title='</iframe>{IMAGE}' src='https://b.example/'></svg>",
    f"<noembed>{IMAGE}</noembed><noframes><p title='</noframes>{IMAGE}'></noframes>",
    f"<object data='https://b.example/' title='\"><script>{RUN}</script>'></object>",
    f"<iframe src='https://b.example/\"><script>{RUN}</script>' title='&lt;script>{RUN}'></iframe>",
    f"<option><script>{RUN}</script></option><acronym title='\"{IMAGE}'>x</acronym>",
    f"<math><annotation-xml encoding='text/html'><p><style></math>{IMAGE}</style>",
    f"<svg><foreignobject><math><mi><svg><style>{IMAGE}</style>",
    f"<svg><title><style></title>{IMAGE}</style></svg>",
    f"<math><mi><a href='javascript:{RUN}'><mglyph><svg><a xlink:href='javascript:{RUN}'>x",
    f"<h1><font><h2><a><p><a href='javascript:{RUN}'>x</h2></font></h1>",
    f"<p><button><p><style></button>{IMAGE}",
    f"<frameset><frame src='javascript:{RUN}'></frameset><noframes>{IMAGE}</noframes>",
]
#: Where a comment, a tag or a quote ends.
EDGES = [
    f"<!-->{IMAGE}-->",
    f"<!--->{IMAGE}-->",
    f"<!-- --!>{IMAGE}-->",
    f"<!-- <!-- -->{IMAGE} -->",
    f"<!--><script>{RUN}</script>",
    f"<!{IMAGE}>",
    f"<?xml {IMAGE}?>",
    f"</ {IMAGE}>",
    f"<!doctype {IMAGE}>",
    f"<img src='x`' `onerror={RUN}>",
    f'<img alt="``onerror={RUN}" src=x>',
    f"<img src=`x onerror={RUN}`>",
    f'<img """><script>{RUN}</script>">',
    f"<img src=x\x0conerror={RUN}>",
    f"<img/onerror={RUN}//src=x>",
    f"<img src=x onerror\n=\n'{RUN}'>",
    f"<img src=x oNeRrOr={RUN}>",
    f"<img src=x onerror\x00={RUN}>",
    f"<img src='x'onerror={RUN}>",
    f"<a href='x' is=x style=x onclick={RUN}>x</a>",
    f"<scr\x00ipt>{RUN}</script>",
    f"<script\x0b>{RUN}</script>",
    f"<script/x>{RUN}</script >",
    f"<<script>{RUN}//<</script>",
    f"\ufeff<script\ufeff>{RUN}</script>",
    f"\x3cscript\x3e{RUN}\x3c/script\x3e",
    f"<image src=x onerror={RUN}>",
    f"<isindex type=image src=x onerror={RUN}>",
    f"<body onload={RUN}><html manifest=x onclick={RUN}>",
    f"<details open ontoggle={RUN}><summary onclick={RUN}>x</summary></details>",
    f"<video controls onerror={RUN}><source onerror={RUN} src=x></video>",
    f"<marquee onstart={RUN} style=x>x</marquee>",
    f"<keygen autofocus onfocus={RUN}><input autofocus onfocus={RUN}><select autofocus onfocus={RUN}>",
    f"<picture><source srcset='x' onerror={RUN}><img srcset='x, y 2x' onload={RUN}></picture>",
    f"<img data-src='x\" onerror={RUN} \"' src=data:x>",
    f"<img data-src='javascript:{RUN}' data-srcset='javascript:{RUN} 2x' src=blank.gif>",
    f"<lite-youtube videoid='\"><script>{RUN}</script>'></lite-youtube>",
    f"<embed src='javascript:{RUN}' type='text/html'><param name=movie value='javascript:{RUN}'>",
    f"<form action='javascript:{RUN}' id=x><input name=innerHTML><button formaction='javascript:{RUN}'>",
    f"<a id=x name=y><a id=x name=z href='cid:{RUN}'>x</a>",
]
#: Spellings of an address that runs, or that is no address of a page.
ADDRESSES = [
    f"javascript:{RUN}",
    f"JaVaScRiPt:{RUN}",
    f" \t\n javascript:{RUN}",
    f"\x01javascript:{RUN}",
    f"java\nscript:{RUN}",
    f"java\tscript:{RUN}",
    f"java\x00script:{RUN}",
    f"java&#9;script:{RUN}",
    f"java&NewLine;script:{RUN}",
    f"java&Tab;script:{RUN}",
    f"javascript&colon;{RUN}",
    f"javascript&#58;{RUN}",
    f"javascript&#x0003a{RUN}",
    f"&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A{RUN}",
    f"javascript\u200b:{RUN}",
    f"\u2028javascript:{RUN}",
    f"\u00a0javascript:{RUN}",
    f"\ufeffjavascript:{RUN}",
    f"javascript://a.example/%0a{RUN}",
    f"//javascript:{RUN}",
    f"http:javascript:{RUN}",
    f"view-source:javascript:{RUN}",
    f"feed:javascript:{RUN}",
    f"jar:javascript:{RUN}",
    f"livescript:{RUN}",
    f"mocha:{RUN}",
    "vbscript:msgbox(1)",
    "VBS&#99;ript:x",
    "data:text/html,<script>x</script>",
    "data:image/svg+xml;base64,PHN2Zz4=",
    "DATA:x",
    "blob:https://a.example/x",
    "filesystem:https://a.example/x",
    "file:///etc/passwd",
    "about:blank",
    "intent://x#Intent;end",
    "tel:1",
    "ms-settings:x",
]
HOLDERS = [
    '<a href="{}">x</a>',
    "<a href='{}'>x</a>",
    '<img src="{}">',
    '<img srcset="{} 2x">',
    '<img data-src="{}">',
    '<video src="{}" poster="{}"></video>',
    '<audio><source src="{}"><track src="{}"></audio>',
    '<q cite="{}">x</q>',
    '<blockquote cite="{}">x</blockquote>',
    '<iframe src="{}"></iframe>',
    '<embed src="{}">',
    '<object data="{}"><param name="movie" value="{}"></object>',
    '<svg><a xlink:href="{}"><image href="{}"/></a></svg>',
    '<math><mi href="{}" xlink:href="{}">x</mi></math>',
    '<form action="{}"><button formaction="{}">x</button></form>',
    '<table background="{}"><tr><td background="{}">x</table>',
    '<link rel=stylesheet href="{}"><base href="{}"><meta http-equiv=refresh content="0;url={}">',
    '<p style="background:url({})">x</p>',
]
ATTACKS = [
    *MUTATIONS,
    *EDGES,
    *(holder.replace("{}", address) for holder in HOLDERS for address in ADDRESSES),
]

SET_HERE = {"a": {"rel"}, "audio": {"controls"}, "video": {"controls"}}
ADDRESSED = {"href", "src", "poster", "cite"}


def find_faults(elements: list[tuple[str, dict[str, str]]]) -> Iterator[str]:
    """Yield what is outside the lists among tags with their attributes, whoever parsed them."""
    for tag, attributes in elements:
        if tag not in TAGS:
            yield f"<{tag}>"
        allowed = ATTRIBUTES.get(tag, set()) | ATTRIBUTES["*"] | SET_HERE.get(tag, set())
        yield from (f"{tag} {name}" for name in attributes if name not in allowed)
        for name in ADDRESSED & attributes.keys():
            if attributes[name].partition(":")[0] not in (SCHEMES if tag == "a" else {"http", "https"}):
                yield f"{tag} {name}={attributes[name]}"
        for candidate in attributes.get("srcset", "").split(", "):
            if candidate and not candidate.startswith(("http://", "https://")):
                yield f"{tag} srcset={candidate}"


def read_with_lxml(html: str) -> list[tuple[str, dict[str, str]]]:
    """Return tags with their attributes as a second parser, libxml2's for HTML, reads them."""
    root = lxml_html.document_fromstring(f"<html><body><div>{html}</div></body></html>")
    elements = [
        (str(element.tag) if isinstance(element.tag, str) else "!", dict(element.attrib))
        for element in root.body.iter()
        if element.tag is not etree.Comment or element.text
    ]
    return elements[2:]
