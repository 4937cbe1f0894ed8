"""The page of a listening test; what it shows comes from its script, and the sounds from the server."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from zoo.reports.markup import Markup, tag
from zoo.reports.page import asset, content_policy, document, paragraph

HERE = Path(__file__).parent


@cache
def listening_page() -> tuple[str, str]:
    """The HTML, and the policy that the server sends with it."""
    style = f"{asset('report.css')}\n{_asset('listen.css')}"
    script = f'"use strict";\n{_asset("deck.js")}\n{_asset("listen.js")}'
    policy = content_policy(style, script, "connect-src 'self'", "img-src data:", "frame-ancestors 'none'")
    html = document(
        "Listening test", style, script, policy_in_page=None, body=(_welcome(), _trial(), _end(), _oops())
    )
    return html, policy


def _welcome() -> Markup:
    form = tag(
        "form",
        tag("label", "Your name, initials or number", for_="listener"),
        tag("input", id_="listener", name="listener", maxlength=40, required=True, autocomplete="off"),
        tag("button", "Begin", type="submit", class_="go-on"),
        id_="begin",
    )
    said = (
        "You hear a reference and, under letters, versions of it. Rate how much each sounds like the "
        "reference: 100 is no difference. One of them is the reference itself, hidden: find it and give it "
        "100."
    )
    keys = tag(
        "p", "Use headphones or good loudspeakers, and set the volume before you begin.", class_="note"
    )
    return tag(
        "section", tag("h1", "Listening test"), tag("p", said, class_="lead"), keys, form, id_="welcome"
    )


def _trial() -> Markup:
    canvas = tag(
        "canvas", id_="wave", tabindex=0, role="img", aria_label="the reference; drag to loop a part of it"
    )
    transport = tag(
        "div",
        tag("button", "Play", type="button", id_="play", title="space"),
        tag("button", "Loop all", type="button", id_="loop-all", title="\\", disabled=True),
        tag("span", id_="clock"),
        tag(
            "label", "Volume ",
            tag("input", type="range", id_="volume", min="0", max="100", value="80", aria_label="volume"),
        ),
        class_="transport",
    )  # fmt: skip
    scale = tag(
        "div", *(tag("span", word) for word in ("bad", "poor", "fair", "good", "excellent")), class_="words",
        aria_hidden="true",
    )  # fmt: skip
    helped = tag(
        "details",
        tag("summary", "Keys"),
        tag(
            "dl",
            *_keys(
                ("R or 0", "reference"), ("A, B, ... or 1, 2, ...", "a version"),
                ("arrow up, down", "rating by 1"), ("page up, down", "rating by 10"),
                ("space", "play, pause"), ("[ and ]", "loop from, to here"), ("\\", "loop all"),
                ("enter", "next, when all are heard and rated"),
            ),
        ),
    )  # fmt: skip
    return tag(
        "section",
        tag("header", tag("h1", "Trial ", tag("span", id_="number")), tag("progress", id_="progress")),
        canvas, transport,
        tag("button", tag("kbd", "R"), " Reference", type="button", id_="reference", aria_pressed="false"),
        scale, tag("div", id_="conditions"),
        paragraph("", class_="note", id_="todo", role="status"),
        tag("button", "Next", type="button", id_="next", class_="go-on", disabled=True),
        helped, id_="trial", hidden=True,
    )  # fmt: skip


def _keys(*keys: tuple[str, str]) -> list[Markup]:
    return [tag("div", tag("dt", key), tag("dd", what)) for key, what in keys]


def _end() -> Markup:
    return tag(
        "section",
        tag("h1", "Thank you"),
        tag("p", "All is rated and saved in ", tag("code", id_="file"), ".", class_="lead"),
        tag("p", "What you gave, on average:"),
        tag("div", id_="reveal"),
        tag("p", "You can close this page.", class_="note"),
        id_="end", hidden=True,
    )  # fmt: skip


def _oops() -> Markup:
    return tag("p", id_="oops", role="alert", hidden=True)


def _asset(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8").strip()
