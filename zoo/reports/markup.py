"""HTML that is safe by its type: what is not `Markup` is text, and text is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import TypeAlias

VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


class Markup(str):
    """HTML or SVG that may stand on a page as it is; only `tag` and `join` make it."""

    __slots__ = ()


Part: TypeAlias = "Markup | str"
"""Markup, or text that is escaped where it is used."""


def text(value: object) -> Markup:
    """``value`` as text: nothing in it is markup, and control characters are made visible.

    >>> text("<b> & 'c'")
    '&lt;b&gt; &amp; &#x27;c&#x27;'
    """
    if isinstance(value, Markup):
        return value
    shown = "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in str(value))
    return Markup(html.escape(shown.encode(errors="replace").decode(), quote=True))


def join(parts: Iterable[Part], between: str = "") -> Markup:
    """Parts one after another; those that are text are escaped."""
    return Markup(str(text(between)).join(text(part) for part in parts))


def tag(name: str, /, *children: Part, **attributes: object) -> Markup:
    """An element; ``class_`` is the attribute class, ``aria_label`` is aria-label, None leaves one out.

    >>> tag("p", "1 < 2", class_="note", hidden=True)
    '<p class="note" hidden>1 &lt; 2</p>'
    """
    said = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Markup(f"<{name}{said}>")
    return Markup(f"<{name}{said}>{join(children)}</{name}>")


def _attribute(key: str, value: object) -> str:
    key = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {key}"
    # Markup is text here all the same: its quotes would end the attribute.
    plain = f"{value:.6g}" if isinstance(value, float) else str.__str__(str(value))
    return f' {key}="{text(plain)}"'
