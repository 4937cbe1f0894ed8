"""The shell of a report, and what most pages need: sections, cards, facts, tables, figures.

A page is one file. Its policy lets the browser load nothing: no address, no style and no script but the two
that stand in the page, by their hashes; pictures and audio from data within it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from zoo.errors import BadRequest, WriteError
from zoo.files import write_atomically
from zoo.reports.markup import Markup, Part, join, tag, text

HERE = Path(__file__).parent
MOST_BYTES = 8_000_000  # what goes through a mail server


def page(title: str, *body: Part, lead: Part = "", foot: Part = "") -> str:
    """A whole HTML document that is one file.

    Args:
        title: heading and name of the tab.
        body: sections.
        lead: a sentence or two under the heading.
        foot: small print at the end.
    """
    style, script = asset("report.css"), asset("report.js")
    top = tag("header", tag("h1", title), tag("p", lead, class_="lead") if lead else "")
    end = tag("footer", foot) if foot else ""
    policy = content_policy(style, script, "img-src data:", "media-src data:")
    return document(title, style, script, policy_in_page=policy, body=(top, *body, end))


def document(title: str, style: str, script: str, *, policy_in_page: str | None, body: Iterable[Part]) -> str:
    """The frame around any page of ours.

    Args:
        title: name of the tab.
        style: CSS that stands in the page.
        script: that stands at its end.
        policy_in_page: from `content_policy`; None where a server sends it.
        body: everything a person sees.
    """
    policy = tag("meta", http_equiv="Content-Security-Policy", content=policy_in_page)
    head = (
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        policy if policy_in_page else "",
        tag("link", rel="icon", href="data:,"),
        tag("title", title),
        tag("style", Markup(style)),
    )
    inside = tag("body", tag("main", *body), tag("script", Markup(script)))
    return f"<!doctype html>\n{tag('html', tag('head', *head), inside, lang='en')}\n"


def write_page(path: str | Path, document: str) -> None:
    """Write a page, whole or not at all.

    Raises:
        WriteError: the disk is full, or the folder is missing or may not be written.
    """
    write_atomically(path, document.encode())


def check_page_path(path: str | Path) -> Path:
    """``path``, if a page can be written there; for asking before long work and not after it.

    Raises:
        BadRequest: the name does not end in .html.
        WriteError: the folder is missing, or a folder is there already.
    """
    path = Path(path)
    if path.suffix.lower() not in (".html", ".htm"):
        raise BadRequest(f"{path}: a report is one HTML file; give it a name that ends in .html")
    if path.is_dir():
        raise WriteError(path, "is a folder where a file was expected; choose another name")
    if not path.parent.is_dir():
        raise WriteError(path, "lies in a folder that does not exist; make it first")
    return path


def section(title: str, *parts: Part, id_: str | None = None) -> Markup:
    """A part of the page under a heading."""
    return tag("section", tag("h2", title), *parts, id_=id_)


def card(title: Part, *parts: Part, badge: str = "", class_: str = "") -> Markup:
    """A framed part; ``badge`` is a word or two beside its heading."""
    heading = tag("h3", title, tag("span", badge, class_="badge") if badge else "")
    return tag("article", heading, *parts, class_=f"card {class_}".strip())


def grid(*parts: Part) -> Markup:
    """Parts side by side where there is room, one below the other where there is not."""
    return tag("div", *parts, class_="grid")


def paragraph(*parts: Part, class_: str | None = None, **attributes: object) -> Markup:
    """A paragraph; class "note" is small print."""
    return tag("p", *parts, class_=class_, **attributes)


def items(parts: Iterable[Part]) -> Markup:
    """A list with a dot before each part."""
    return tag("ul", *(tag("li", part) for part in parts))


def facts(pairs: Mapping[str, Part]) -> Markup:
    """Names and values; a value that is empty is left out."""
    rows = (tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs.items() if value)
    return tag("dl", *rows)


def table(columns: Sequence[str], rows: Iterable[Sequence[Part]], *, right: Sequence[str] = ()) -> Markup:
    """A table that scrolls sideways by itself on a narrow screen.

    Args:
        columns: their names.
        rows: a cell for each column.
        right: columns of numbers, set to the right.
    """
    sides = ["number" if column in right else None for column in columns]
    head = tag("tr", *(tag("th", c, scope="col", class_=s) for c, s in zip(columns, sides, strict=True)))
    body = [
        tag("tr", *(tag("td", text(cell), class_=side) for cell, side in zip(row, sides, strict=True)))
        for row in rows
    ]
    whole = tag("table", tag("thead", head), tag("tbody", *body))
    return tag("div", whole, class_="scroll", tabindex=0, role="region", aria_label="table")


def figure(drawing: Markup, caption: Part = "") -> Markup:
    """A drawing (see `zoo.reports.charts`) with a sentence under it."""
    return tag("figure", drawing, tag("figcaption", caption) if caption else "")


@cache
def asset(name: str) -> str:
    """A style or script of this package."""
    return (HERE / name).read_text(encoding="utf-8").strip()


def content_policy(style: str, script: str, *rules: str) -> str:
    """A Content-Security-Policy: this style and this script by their hashes, and what ``rules`` allow."""

    def allowed(source: str) -> str:
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        return f"'sha256-{digest}'"

    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {allowed(style)}",
            f"script-src {allowed(script)}",
            *rules,
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


__all__ = [
    "asset",
    "card",
    "check_page_path",
    "content_policy",
    "document",
    "facts",
    "figure",
    "grid",
    "items",
    "join",
    "page",
    "paragraph",
    "section",
    "table",
    "write_page",
]
