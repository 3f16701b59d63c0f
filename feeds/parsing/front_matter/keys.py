"""What programs for blogs and notes call the facts in their front matter."""

from __future__ import annotations

# Best first.
TITLE = ("title", "headline")
LINK = (
    "link",
    "url",
    "canonical_url",
    "canonical",
    "permalink",
    "from",
    "source_url",
    "original_url",
    "source",
)
ID = ("id", "guid", "uuid", "message_id")
PUBLISHED = ("date", "published", "publishdate", "pubdate", "published_at", "date_published", "created")
UPDATED = ("updated", "lastmod", "last_modified_at", "modified", "updated_at", "date_modified")
ZONE = ("timezone", "time_zone", "tz")
AUTHORS = ("author", "authors", "byline", "by")
SUMMARY = ("description", "summary", "excerpt", "abstract")
LANGUAGE = ("language", "lang", "locale")
RIGHTS = ("rights", "copyright", "license")
IMAGE = ("image", "cover", "featured_image", "thumbnail", "banner", "hero")
CATEGORIES = ("tags", "categories", "category", "keywords")

#: What the values of these keys make of an article that is not finished.
YES = frozenset({"true", "yes", "on", "1"})
NO = frozenset({"false", "no", "off", "0"})
DRAFTS = {"draft": YES, "published": NO, "publish": NO, "status": frozenset({"draft"})}

#: Keys that say nothing we keep, and yet show that lines are front matter.
OTHERS = (
    "affiliation", "alias", "aliases", "base_header_level", "comments", "css", "email", "format", "layout",
    "save_as", "series", "slug", "subtitle", "template", "toc", "translation", "type", "version", "weight",
)  # fmt: skip
KNOWN = frozenset(DRAFTS).union(
    TITLE, LINK, ID, PUBLISHED, UPDATED, ZONE, AUTHORS, SUMMARY, LANGUAGE, RIGHTS, IMAGE, CATEGORIES, OTHERS
)

#: Tables whose keys are keys of the article as well: Hugo's and Zola's.
TABLES = ("params", "taxonomies")
#: In the table of a person, or the like, what it is called.
NAMES = ("name", "title", "label")
#: In that of a picture or a link, where it is.
ADDRESSES = ("url", "src", "path", "href", "image", "link")


def fold_key(key: str) -> str:
    """A key in lower case, with `_` between its words."""
    return "_".join(key.lower().replace("-", " ").replace("_", " ").split())


def names_within(key: str) -> tuple[str, ...]:
    """Return what is asked for where the value of a key is a table."""
    return ADDRESSES if key in LINK or key in IMAGE else NAMES
