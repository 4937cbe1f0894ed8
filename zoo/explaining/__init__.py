"""`zoo suggest --report`: the answer as a page to hear and see, and why each parent is where it is.

The page is one file (see `zoo.reports`). A wet-only capture has fewer parts, and the page says which and why.
"""

from __future__ import annotations

from registry import Registry
from zoo.explaining.cards import advice_of, candidate, numbers
from zoo.explaining.neighbourhood import neighbourhood
from zoo.explaining.parts import MOST_HEARD, Subject, listening, looking, map_of
from zoo.explaining.playing import Played, play, stretch_of
from zoo.reports.markup import Part
from zoo.reports.page import items, page, paragraph, section
from zoo.suggesting import Answer
from zoo.upkeep import open_index

WET_ONLY = (
    "Only the wet signal is known. What a parent makes of your own playing, transfer curves and the error to "
    "expect need the dry track (--dry), and so are not on this page."
)
FOOT = (
    "All recordings are equally loud (ITU-R BS.1770). Every player goes on where the last one was, so that "
    "you hear the same place of the same playing. This page is one file and loads nothing."
)


def explain(answer: Answer, registry: Registry) -> str:
    """The page of a suggestion, a whole HTML document; the same answer and zoo give the same bytes.

    Raises:
        StoreError: the zoo cannot be read.
        EngineMissing: the native engine is not installed.
    """
    suggestion = answer.suggestion
    stretch = stretch_of(answer.capture)
    played: dict[str, Played] = {}
    if stretch.dry is not None:
        for parent in suggestion.parents[:MOST_HEARD]:
            played[parent.id] = play(parent, stretch, registry.load, answer)
    subject = Subject(answer, stretch, played)
    ranks = {parent.id: parent.rank for parent in suggestion.parents}
    around = neighbourhood(answer.capture, open_index(registry), registry.list(), ranks)
    body: list[Part] = [listening(subject), *looking(subject)]
    if suggestion.parents:
        cards = [candidate(parent, subject, registry) for parent in suggestion.parents]
        body += [section("Why each parent is where it is", *cards), section("In numbers", numbers(answer))]
    if around is not None:
        body.append(map_of(around))
    return page(
        f"Where to start: {answer.capture.name}", _remarks(answer), *body, lead=advice_of(answer), foot=FOOT
    )


def _remarks(answer: Answer) -> Part:
    """What makes the answer less sure, before anything else."""
    said = [f.sentence for f in answer.capture.findings if f.severity.value == "warning"]
    said += answer.suggestion.hints
    wet_only = paragraph(WET_ONLY, class_="note") if answer.capture.dry is None else ""
    return section("Worth knowing", wet_only, items(said)) if said or wet_only else ""
