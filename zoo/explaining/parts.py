"""The parts of the page that all candidates share: players, overlaid curves, the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from recommender.suggestion import Parent
from zoo.explaining import curves
from zoo.explaining.neighbourhood import Neighbourhood, colour_of
from zoo.explaining.playing import Played, Stretch, Version
from zoo.reports.charts import FREQUENCY, Curve, Style, line_chart, point_map
from zoo.reports.loudness import loudest
from zoo.reports.markup import Markup, Part
from zoo.reports.page import MOST_BYTES, figure, grid, paragraph, section
from zoo.reports.players import Signal, faded, level_matched, player, players
from zoo.suggesting import Answer

MOST_HEARD = 8  # parents with players and curves
PLAYER_SECONDS = 6.0
BYTES_PER_SAMPLE = 2 * 4 / 3  # 16 bits as base64; what FLAC saves is left for the rest of the page

Drawn = tuple[str, Signal, int, Style]
"""Name, signal, colour and style of something that is measured and drawn."""


@dataclass(frozen=True, eq=False)
class Subject:
    """What the page is about.

    Attributes:
        answer: the suggestion.
        stretch: of the capture, to be played and measured.
        played: the parents on it, by id; none for a wet-only capture.
    """

    answer: Answer
    stretch: Stretch
    played: Mapping[str, Played]

    def name(self, parent: Parent) -> str:
        """A parent as the page calls it."""
        return f"{parent.rank}. {self.answer.models[parent.id].name}"


def listening(subject: Subject) -> Markup:
    """Players for dry, wet and every version of every parent, equally loud."""
    stretch = subject.stretch
    heard: list[tuple[str, str, Signal]] = []
    if stretch.dry is not None:
        heard.append(("Dry", "what went in", stretch.dry))
    heard.append(("Wet", "your device", stretch.wet))
    for parent in subject.answer.suggestion.parents:
        played = subject.played.get(parent.id)
        if played is None:
            continue
        at_best = f"as it is; {_said(played.before, 'at its best level')}"
        heard.append((subject.name(parent), at_best, played.before.signal))
        if played.after is not None:
            tuned = f"after a moment of tuning; {_said(played.after)}"
            heard.append((subject.name(parent), tuned, played.after.signal))
    part = loudest(stretch.wet, _samples(stretch.sample_rate, len(heard)))
    matched = level_matched([signal[part] for _, _, signal in heard], stretch.sample_rate)
    made = [
        player(label, faded(signal, stretch.sample_rate), stretch.sample_rate, note=note)
        for (label, note, _), signal in zip(heard, matched, strict=True)
    ]
    return section("Listen", paragraph(_where(subject), class_="note"), players(*made))


def _samples(rate: int, count: int) -> int:
    """Six seconds for each player, or what keeps the page small enough to be mailed."""
    most = (MOST_BYTES - 1_000_000) / (BYTES_PER_SAMPLE * count)
    return int(min(PLAYER_SECONDS * rate, most))


def _said(version: Version, how: str = "") -> str:
    return "ESR unknown" if version.esr is None else f"ESR {version.esr:.2g} {how}".rstrip()


def _where(subject: Subject) -> str:
    if subject.stretch.dry is None:
        return "The loudest seconds of the recording."
    if not subject.answer.tried:
        return "The loudest seconds of playing; no parent was tuned."
    return "Seconds of playing that no tuning has heard. ESR: 0 is a perfect copy, 1 is what silence scores."


def looking(subject: Subject) -> list[Part]:
    """Curves of the device and of what every parent has become, over one another."""
    stretch, parents = subject.stretch, subject.answer.suggestion.parents
    if stretch.dry is None:
        lines = [curves.spectrum("wet, your device", stretch.wet, stretch.sample_rate, 0, "thick")]
        return [section("Look", spectra(lines, "Spectrum of the recording: player and device together."))]
    versions = [
        (subject.name(parent), subject.played[parent.id].best.signal, colour_of(parent.rank))
        for parent in parents
        if parent.id in subject.played
    ]
    return [section("Look", three(stretch, [(n, s, c, "plain") for n, s, c in versions]))]


def three(stretch: Stretch, versions: list[Drawn]) -> Markup:
    """Spectra, transfer curves and levels of the device and of some signals made from the same dry side.

    Args:
        stretch: dry and wet.
        versions: name, signal, colour and style of each.
    """
    dry, wet, rate = stretch.dry, stretch.wet, stretch.sample_rate
    assert dry is not None
    device = "wet, your device"
    by_frequency = [curves.spectrum("dry", dry, rate, 0, "dashed")]
    by_frequency += [curves.spectrum(device, wet, rate, 0, "thick")]
    by_frequency += [curves.spectrum(name, signal, rate, c, style) for name, signal, c, style in versions]
    bent = [curves.transfer(device, dry, wet, 0, "thick")]
    bent += [curves.transfer(name, dry, signal, c, style) for name, signal, c, style in versions]
    loud = [curves.levels(device, dry, wet, rate, 0, "thick")]
    loud += [curves.levels(name, dry, signal, rate, c, style) for name, signal, c, style in versions]
    shape = line_chart(bent, curves.TRANSFER_IN, curves.TRANSFER_OUT, title="transfer curves")
    level = line_chart(loud, curves.LEVEL_IN, curves.LEVEL_OUT, title="level out over level in")
    return grid(
        spectra(by_frequency, "Spectra, each below its own highest point."),
        figure(shape, "Transfer: a straight line is clean, a bend is distortion, a lopsided one asymmetry."),
        figure(level, "Level out over level in: the flatter, the more compressed."),
    )


def spectra(lines: list[Curve], caption: str) -> Markup:
    """A chart of spectra."""
    return figure(line_chart(lines, FREQUENCY, curves.SPECTRUM, title="spectra"), caption)


def map_of(around: Neighbourhood) -> Markup:
    """The zoo in the plane, the capture in it."""
    drawn = point_map(around.points, title="map of the zoo; the star is your capture")
    some = "" if around.shown == around.of else f" {around.shown} of {around.of} models are drawn."
    return section(
        "The zoo around your capture",
        figure(
            drawn,
            "The star is your capture, the numbers are the suggestions, every dot is a model: hover or tap "
            f"for its name. What lies near sounds alike; the plane shows {around.share:.0%} of the "
            f"differences, so near here may be far in what it leaves out.{some}",
        ),
    )
