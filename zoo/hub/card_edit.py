"""Puts a generated card into one that people edit: only what stands between our marks is ours.

The card is treated as lines of text. Its YAML is never parsed here, so none of YAML's tricks can work.
"""

from __future__ import annotations

import re

from zoo.errors import WrongContent

MAX_CARD_BYTES = 1 << 20
_YAML_MARKS = ("# tonezoo:begin (written by `zoo push`; edit outside of these two lines)", "# tonezoo:end")
_PAGE_MARKS = (
    "<!-- tonezoo:begin (written by `zoo push`; edit outside of these two lines) -->",
    "<!-- tonezoo:end -->",
)
_KEY = re.compile(r"^([A-Za-z_][A-Za-z0-9_-]*)\s*:")


def merged(front: str, page: str, old: bytes | None = None) -> bytes:
    """The whole card.

    Args:
        front: our front matter.
        page: our text.
        old: the card that is there; what people wrote in it stays, word for word. A key of the front matter
            that a person wrote outside of our lines is theirs, and ours gives way.

    Raises:
        WrongContent: ``old`` is too large or not text.
    """
    their_front, their_page = _parts(_text(old))
    before, after = _around(their_front, "# tonezoo:begin", "# tonezoo:end")
    theirs = {match[1] for line in (*before, *after) if (match := _KEY.match(line))}
    ours = _without(front.splitlines(), theirs)
    head = [*before, _YAML_MARKS[0], *ours, _YAML_MARKS[1], *after]
    above, below = _around(their_page, "<!-- tonezoo:begin", "<!-- tonezoo:end")
    body = [*above, _PAGE_MARKS[0], *page.splitlines(), _PAGE_MARKS[1], *below]
    return "\n".join(["---", *head, "---", *body, ""]).encode()


def _text(old: bytes | None) -> str:
    if old is None:
        return ""
    if len(old) > MAX_CARD_BYTES:
        raise WrongContent(
            f"the card that is there has {len(old)} bytes; at most {MAX_CARD_BYTES} are expected"
        )
    try:
        return old.decode()
    except UnicodeDecodeError as error:
        raise WrongContent("the card that is there is not UTF-8 text; repair it first") from error


def _parts(card: str) -> tuple[list[str], list[str]]:
    """Lines of the front matter and of the page."""
    lines = card.replace("\r\n", "\n").removesuffix("\n").split("\n") if card else []
    if lines and lines[0].rstrip() == "---":
        for end, line in enumerate(lines[1:], start=1):
            if line.rstrip() == "---":
                return lines[1:end], lines[end + 1 :]
    return [], lines


def _around(lines: list[str], begin: str, end: str) -> tuple[list[str], list[str]]:
    """The lines above and below our marks, the last pair of them; without a pair, all lines are above.

    A mark that stands alone is a person's text, and stays.
    """
    last = max((n for n, line in enumerate(lines) if line.startswith(end)), default=-1)
    first = max((n for n, line in enumerate(lines[: max(last, 0)]) if line.startswith(begin)), default=-1)
    return (lines, []) if first < 0 else (lines[:first], lines[last + 1 :])


def _without(lines: list[str], keys: set[str]) -> list[str]:
    """Our front matter without the entries of these keys; an entry goes on until the next key."""
    kept, dropping = [], False
    for line in lines:
        if match := _KEY.match(line):
            dropping = match[1] in keys
        if not dropping:
            kept.append(line)
    return kept
