"""Words of strangers made safe for a card: no HTML, no Markdown, no YAML, no control characters."""

from __future__ import annotations

import json
import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|~$:-])")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
LONGEST = 200

# What the Hub calls licences, where it is not the SPDX id in small letters.
_HUB_LICENCES = {
    "gpl-3.0-only": "gpl-3.0",
    "gpl-3.0-or-later": "gpl-3.0",
    "gpl-2.0-only": "gpl-2.0",
    "gpl-2.0-or-later": "gpl-2.0",
    "agpl-3.0-only": "agpl-3.0",
    "agpl-3.0-or-later": "agpl-3.0",
}
_KNOWN_LICENCES = {
    "mit", "apache-2.0", "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0",
    "cc-by-nd-4.0", "cc-by-nc-nd-4.0", "bsd-2-clause", "bsd-3-clause", "unlicense", "mpl-2.0", "isc",
    *_HUB_LICENCES.values(),
}  # fmt: skip


def plain(text: str) -> str:
    """One line of printable characters, bounded."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"


def markdown(text: str) -> str:
    r"""Text that reads as it stands in Markdown and in the HTML made of it.

    >>> markdown("<b>*x*</b>")
    '&lt;b&gt;\\*x\\*&lt;/b&gt;'
    """
    escaped = _MARKDOWN.sub(r"\\\1", plain(text))
    return "".join(_HTML.get(c, c) for c in escaped)


def yaml(text: str) -> str:
    """A double-quoted YAML scalar; JSON's strings are a part of YAML."""
    return json.dumps(plain(text), ensure_ascii=False)


def tag(text: str) -> str:
    """A tag of the Hub: small letters, digits, dots and hyphens; empty when nothing is left.

    >>> tag("Mesa/Boogie Mark IIB")
    'mesa-boogie-mark-iib'
    """
    return re.sub(r"[^a-z0-9.]+", "-", plain(text).lower()).strip("-.")[:60]


def hub_licence(spdx: str) -> str | None:
    """The Hub's word for a licence; None where it has none and calls it "other".

    >>> hub_licence("GPL-3.0-only")
    'gpl-3.0'
    """
    word = _HUB_LICENCES.get(spdx.lower(), spdx.lower())
    return word if word in _KNOWN_LICENCES else None
