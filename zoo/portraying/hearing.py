"""What is heard on a model's page: dry, device, the model, the model before, and what is wrong."""

from __future__ import annotations

import numpy as np

from zoo.portraying.subject import Subject
from zoo.reports.loudness import loudest, loudness_db
from zoo.reports.markup import Markup
from zoo.reports.page import paragraph, section
from zoo.reports.players import Signal, faded, level_matched, player, players
from zoo.snapshot import Snapshot

PLAYER_SECONDS = 8.0
FAINT_DB = 20.0  # a difference that is this far below the device is given once more, as loud as it


def heard(subject: Subject) -> Markup:
    """Players: dry, device, the model before, model, and the differences from the device."""
    rate, versions = subject.sample_rate, subject.versions
    part = loudest(subject.dry if subject.wet is None else subject.wet, round(PLAYER_SECONDS * rate))
    signals = [subject.dry[part], subject.played[part], *(v.played[part] for v in versions[:1])]
    if subject.wet is not None:
        signals.append(subject.wet[part])
    dry, model, *others = level_matched(signals, rate)
    rows: list[tuple[str, str, Signal]] = [("Dry", "what went in", dry)]
    if subject.wet is not None:
        rows.append(("Device", "what a model should sound like", others[-1]))
    if versions:
        rows.append(("Before", _about(versions[0].model, versions[0].esr), others[0]))
    rows.append(("After" if versions else "Model", _about(subject.model, subject.esr), model))
    if subject.wet is not None:
        wrong = subject.wet[part], subject.played[part], others[-1]
        rows += _difference(*wrong, rate, "Difference", ("device", "model"))
        note = "The end of the capture, which no training here hears. ESR: 0 is a perfect copy, 1 is silence."
    else:
        note = "Synthetic playing; add --capture to hear the model beside its device."
    if versions:
        changed = versions[0].played[part], subject.played[part], others[0]
        rows += _difference(*changed, rate, "What changed", ("model before", "model after"))
    if subject.remark:
        note += f" Here {subject.remark}."
    made = [player(label, faded(signal, rate), rate, note=said) for label, said, signal in rows]
    return section("Listen", paragraph(note, class_="note"), players(*made))


def _about(model: Snapshot, error: float | None) -> str:
    return str(model.architecture) if error is None else f"{model.architecture}, ESR {error:.2g}"


def _difference(
    whole: Signal, made: Signal, shown: Signal, rate: int, title: str, names: tuple[str, str]
) -> list[tuple[str, str, Signal]]:
    """``whole`` less ``made``, as loud as it is beside ``shown``; where that is faint, as loud as it too.

    Args:
        whole: shape (samples,).
        made: likewise.
        shown: ``whole`` at the level that it is heard at.
        rate: Hz.
        title: of the difference.
        names: of ``whole`` and ``made``.
    """
    error = whole - made
    below = loudness_db(whole, rate) - loudness_db(error, rate)
    if not np.isfinite(below):
        return []
    gain = float(np.linalg.norm(shown)) / max(float(np.linalg.norm(whole)), 1e-12)
    true = np.asarray(gain * error, dtype=np.float32)
    said = f"{names[0]} less {names[1]}, {below:.0f} dB softer than the {names[0]}"
    rows = [(title, said, true)]
    if below > FAINT_DB:
        loud = np.asarray(np.clip(true * 10.0 ** (below / 20.0), -1.0, 1.0), dtype=np.float32)
        rows.append((f"{title}, loud", f"the same, {below:.0f} dB louder than it is", loud))
    return rows
