"""A page that stands where a feed was expected: what it is, and which feeds it names."""

from __future__ import annotations

import re

from feeds.errors import PageError, ParseError
from feeds.model import Document
from feeds.text.charset import skim
from feeds.text.urls import public_url, source_address

HEAD = 65_536  # bytes in which a page shows what it is

IS_CHALLENGE = "the answer is a challenge for browsers, not a feed"
IS_LOGIN = "the answer is a login page, not a feed"

MOST_OFFERS = 10  # feeds that one page may name

#: What pages are known by that want to see a browser, or a human: parts of their machinery, and titles.
CHALLENGE = re.compile(
    r"/cdn-cgi/challenge-platform|cf-chl|cf_chl|__cf_chl|_Incapsula_Resource|ddos-guard|sucuri_cloudproxy"
    r"|awsWafCookieDomainList|px-captcha|captcha-delivery\.com|/\.within\.website/|bobcmn|slowAES\.decrypt"
    r"|<title>\s*(?:just a moment|attention required|checking your browser|one moment, please|please wait"
    r"|are you a (?:human|robot)|verifying you are human|security check|access denied|robot check"
    r"|请稍候|安全验证|人机验证|安全檢查|訪問驗證)",
    re.IGNORECASE,
)
#: A page with one of these and hardly a link besides asks who is a human, too.
CAPTCHA = re.compile(r"g-recaptcha|h-captcha|cf-turnstile|hcaptcha\.com|recaptcha/api", re.IGNORECASE)
MOST_LINKS = 5  # of a page that only wants something of its reader

#: Tags end where the next begins, or many that never end would take time without end.
PASSWORD = re.compile(r"<input\b[^<>]*\btype\s*=\s*[\"']?password\b", re.IGNORECASE)
LOGIN_PATH = re.compile(r"/(?:log-?in|sign-?in|wp-login|auth|sso|account/login)\b", re.IGNORECASE)
LINK = re.compile(r"<a\b[^<>]*\bhref\b", re.IGNORECASE)
MARKUP = re.compile(
    r"<(script|style|head|noscript)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)|<[^<>]*>", re.I | re.S
)


def refuse_page(document: Document) -> ParseError:
    """Return the error that says what the page is.

    A PageError carries the feeds that the page names, absolute and in order. A challenge or a login that
    names none is no PageError: nothing is to be looked for behind it.
    """
    from feeds.parsing.discovery import find_feed_links  # only here: whoever reads feeds needs no soup

    links = tuple(link for link in find_feed_links(document) if source_address(link.href))[:MOST_OFFERS]
    subject, reason = document.path or public_url(document.url), _tell(document, bool(links))
    if reason in (IS_CHALLENGE, IS_LOGIN) and not links:
        return ParseError(subject, reason)
    return PageError(subject, reason, links)


def is_challenge(body: bytes, media_type: str | None) -> bool:
    """Whether a page wants to see a browser, or a human, before anything else."""
    return _challenges(skim(body[:HEAD], media_type))


def _tell(document: Document, names_feeds: bool) -> str:
    html = skim(document.body[:HEAD], document.media_type)
    if _challenges(html):
        return IS_CHALLENGE
    if LOGIN_PATH.search(document.url) or (PASSWORD.search(html) and not names_feeds):
        return IS_LOGIN
    if not names_feeds and not MARKUP.sub("", html).strip():
        return "the answer is an empty page, not a feed"
    return "the document is a web page, not a feed"


def _challenges(html: str) -> bool:
    return CHALLENGE.search(html) is not None or (CAPTCHA.search(html) is not None and _is_narrow(html))


def _is_narrow(html: str) -> bool:
    return len(LINK.findall(html)) <= MOST_LINKS
