"""Which elements are open in XML that does not say it well, and which of them a tag closes."""

from __future__ import annotations

from feeds.parsing.xml.vocabulary import (
    ARTICLES,
    BETWEEN,
    ENTRIES,
    FEED_PREFIXES,
    GROUP,
    GROUP_PREFIXES,
    HTML_NAMES,
    IN_HTML,
    IN_ROWS,
    MAY_HOLD,
    TEXT,
    TEXT_PREFIXES,
    VOID,
)

#: Deeper elements lose their tags, not their text: the parser goes no deeper than 256.
DEEPEST = 240


class Nesting:
    """The elements that are open, the root first; its methods return the tags to be written."""

    def __init__(self) -> None:
        self._open: list[str] = []  # names as written
        self._places: dict[str, list[int]] = {}  # of the open elements, by folded name
        self._landmarks: list[tuple[int, str]] = []  # places and landmarks
        self._seen_channel = False
        self._root = ""

    @property
    def innermost(self) -> str:
        """The name of the innermost element that is open, as written; empty where there is none."""
        return self._open[-1] if self._open else ""

    @property
    def is_between(self) -> bool:
        """Whether we stand where a feed has elements and no text."""
        place, landmark = self._last_landmark
        return len(self._open) < 2 or (self._is_innermost(place) and landmark in BETWEEN)

    def open(self, name: str, tag: str, *, is_empty: bool) -> str:
        """Take up a start tag, which comes without its `>`; what cannot hold its element is closed first."""
        folded = name.lower()
        landmark = self._landmark_of(folded)
        if folded == self._root or (landmark == "channel" and self._seen_channel):
            return self._close_to(1)  # another feed in the same document goes on with this one
        closed = self._make_room(folded, landmark)
        is_written = len(self._open) < DEEPEST
        if is_empty or folded in VOID:
            return f"{closed}{tag}/>" if is_written else closed
        self._push(name, folded, landmark)
        return f"{closed}{tag}>" if is_written else closed

    def close(self, name: str) -> str:
        """Take up an end tag, which closes all that is open in its element; a stray one closes nothing.

        The root and the channel stay open to the end: what follows them belongs to them.
        """
        folded = name.lower()
        landmark = self._landmark_of(folded)
        if folded == self._root or landmark == "channel":
            return ""
        places = self._places.get(folded)
        around, last = self._last_landmark
        if places:  # no element inside an entry ends one outside of it
            return self._close_to(places[-1]) if landmark or places[-1] > around else ""
        is_misspelt = not landmark and folded not in HTML_NAMES and self._is_innermost(around)
        return self._close_to(around) if is_misspelt and not MAY_HOLD[last] else ""

    def lacks_start(self, name: str) -> bool:
        """Whether its end tag closes nothing, and it is an entry of what is open or a text of it."""
        landmark = self._landmark_of(name.lower())
        if self._places.get(name.lower()) or not self.is_between:
            return False
        if landmark in ENTRIES:
            return self._last_landmark[1] == "channel"
        return bool(landmark) and not MAY_HOLD[landmark] and len(self._open) > 1

    def close_all(self) -> str:
        """Close everything, the root last."""
        return self._close_to(0)

    @property
    def _last_landmark(self) -> tuple[int, str]:
        return self._landmarks[-1] if self._landmarks else (0, "channel")

    def _is_innermost(self, place: int) -> bool:
        return place == len(self._open) - 1

    def _landmark_of(self, folded: str) -> str:
        """Return how feeds know the name, or nothing; the prefix of a whole vocabulary says nothing."""
        prefix, _, local = folded.rpartition(":")
        if folded in MAY_HOLD:
            return folded
        if prefix in TEXT_PREFIXES:
            return TEXT
        if prefix in GROUP_PREFIXES:
            return GROUP
        is_feed = prefix in FEED_PREFIXES or (prefix and self._root.startswith(f"{prefix}:"))
        return local if is_feed and local in MAY_HOLD else ""

    def _make_room(self, folded: str, landmark: str) -> str:
        if folded in IN_ROWS and self.innermost.lower() == folded:
            return self._close_to(len(self._open) - 1)
        closed = []
        while landmark and self._landmarks and not self._may_stand(landmark):
            closed.append(self._close_to(self._landmarks[-1][0]))
        return "".join(closed)

    def _may_stand(self, landmark: str) -> bool:
        place, last = self._landmarks[-1]
        if last in ARTICLES and landmark in IN_HTML:
            return not self._is_innermost(place)
        return landmark in MAY_HOLD[last]

    def _push(self, name: str, folded: str, landmark: str) -> None:
        place = len(self._open)
        if place == 0:
            self._root = folded
        elif landmark:
            self._landmarks.append((place, landmark))
            self._seen_channel = self._seen_channel or landmark == "channel"
        self._open.append(name)
        self._places.setdefault(folded, []).append(place)

    def _close_to(self, place: int) -> str:
        """Close everything from this place on."""
        closed = []
        while len(self._open) > place:
            name = self._open.pop()
            self._places[name.lower()].pop()
            if len(self._open) < DEEPEST:
                closed.append(f"</{name}>")
        while self._landmarks and self._landmarks[-1][0] >= place:
            self._landmarks.pop()
        return "".join(closed)
