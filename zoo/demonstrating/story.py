"""The page at the end of a demonstration, for someone who plays: hear it first, then how it came about."""

from __future__ import annotations

from collections.abc import Mapping

from zoo.demonstrating.chapters import asked, captured, files, learnt, smaller, yours
from zoo.demonstrating.folder import DemoFolder
from zoo.demonstrating.shown import COLOURS, NAMES, STAGES, Shown
from zoo.engine import render
from zoo.explaining.parts import Drawn, three
from zoo.explaining.playing import Stretch, stretch_of
from zoo.reports.loudness import loudest
from zoo.reports.markup import Markup, Part
from zoo.reports.page import page, paragraph, section
from zoo.reports.players import Signal, faded, level_matched, player, players

SECONDS = 8.0


def story(shown: Shown, place: DemoFolder) -> str:
    """The whole page, one HTML file; the same demonstration gives the same bytes."""
    stretch = stretch_of(shown.capture)
    played = {stage: render(model, _dry(stretch)) for stage, model in shown.models.items()}
    body = [
        _listen(shown, stretch, played), captured(shown), asked(shown), learnt(shown), smaller(shown),
        _look(stretch, played), files(shown, place), yours(),
    ]  # fmt: skip
    lead = (
        f"{shown.capture.seconds:.0f} seconds of guitar went through a {shown.kind}: {shown.device}. The zoo "
        "named a model of another device to start from, a few seconds of training turned that into this "
        f"{shown.kind}, and pruning made it small enough for a board. Here is what you can hear of it."
    )
    return page(f"From a {shown.kind} to a plugin", *body, lead=lead, foot=_foot(shown))


def _dry(stretch: Stretch) -> Signal:
    assert stretch.dry is not None
    return stretch.dry


def _listen(shown: Shown, stretch: Stretch, played: Mapping[str, Signal]) -> Markup:
    heard: list[tuple[str, str, Signal]] = [
        ("Your guitar", "dry, straight from the pickups", _dry(stretch)),
        (f"The {shown.kind}", "what a model should sound like", stretch.wet),
    ]
    for stage in STAGES:
        note = f"ESR {shown.esr(stage):.2g}, {shown.manifests[stage].architecture}"
        heard.append((f"Model {NAMES[stage]}", note, played[stage]))
    part = loudest(stretch.wet, round(SECONDS * stretch.sample_rate))
    matched = level_matched([signal[part] for _, _, signal in heard], stretch.sample_rate)
    made = [
        player(label, faded(signal, stretch.sample_rate), stretch.sample_rate, note=note)
        for (label, note, _), signal in zip(heard, matched, strict=True)
    ]
    note = (
        "Start one and switch while it plays: the next goes on at the same place. No model heard these "
        "seconds in training. ESR is the share of the sound that is wrong: 0 is a perfect copy, 1 is what "
        "silence scores."
    )
    return section("Listen", paragraph(note, class_="note"), players(*made))


def _look(stretch: Stretch, played: Mapping[str, Signal]) -> Markup:
    drawn: list[Drawn] = [(NAMES[stage], played[stage], COLOURS[stage], "plain") for stage in STAGES]
    return section("What the ear hears, drawn", three(stretch, drawn))


def _foot(shown: Shown) -> Part:
    seconds, epochs = shown.plan.seconds, shown.plan.epochs
    return (
        f"Made by zoo demo --circuit {shown.plan.circuit} --seconds {seconds:g} --epochs {epochs} "
        f"--hidden {shown.plan.hidden}. All recordings are equally loud (ITU-R BS.1770). This page is one "
        "file and loads nothing."
    )
