"""What the wet side of real captures alone suggests, beside what dry and wet suggest together.

``python -m pytest tests/benchmarks/bench_wet_only.py -m benchmark -s``

Before and after in one run: hand-made numbers alone, then the encoder beside them. Captures taught nobody.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recommender import vectors
from recommender.gain import CLASSES
from registry import Registry
from zoo.api import import_models, open_registry, suggest
from zoo.capture import Capture, load_capture
from zoo.suggesting import family_of

COUNT = 5
WAYS = {"hand-made": (1.0, 0.0), "both": (vectors.HAND_MADE, vectors.LEARNED)}

Answer = list[tuple[str, str, int]]
"""Name, family and number of the gain class of every suggested parent."""


def _takes(folder: Path) -> list[tuple[Path, Path]]:
    wets = sorted(path for path in folder.glob("*/*") if ".wet." in path.name)
    return [(wet.with_name(wet.name.replace(".wet.", ".dry.")), wet) for wet in wets]


def _ask(capture: Capture, registry: Registry) -> Answer:
    answer = suggest(capture, k=COUNT, registry=registry, quick=True)
    models = [answer.models[parent.id] for parent in answer.suggestion.parents]
    classes = [CLASSES.index(parent.gain_class) for parent in answer.suggestion.parents]  # type: ignore[arg-type]
    return [(m.name, family_of(m, registry), c) for m, c in zip(models, classes, strict=True)]


def _agreement(wet: Answer, paired: Answer) -> tuple[float, ...]:
    """First of the wet among the paired families; families shared; gain classes between the medians."""
    families = [{family for _, family, _ in answer} for answer in (wet, paired)]
    middles = [float(np.median([number for _, _, number in answer])) for answer in (wet, paired)]
    return wet[0][1] in families[1], len(families[0] & families[1]), abs(middles[0] - middles[1])


@pytest.mark.benchmark
def test_wet_only(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found: dict[str, list[tuple[float, ...]]] = {way: [] for way in WAYS}
    with open_registry() as registry:
        import_models([data / "models"], registry=registry)
        takes = _takes(data / "captures")
        paired = [_ask(load_capture(dry=dry, wet=wet), registry) for dry, wet in takes]
        for way, (hand_made, learned) in WAYS.items():
            monkeypatch.setattr(vectors, "HAND_MADE", hand_made)
            monkeypatch.setattr(vectors, "LEARNED", learned)
            for (_, wet), best in zip(takes, paired, strict=True):
                answer = _ask(load_capture(wet), registry)
                found[way].append(_agreement(answer, best))
                names = ", ".join(name for name, _, _ in answer[:3])
                print(f"\n{way} {wet.parent.name}/{wet.name}: {names} | {best[0][0]}", end="")
    means = {way: np.mean(rows, axis=0) for way, rows in found.items()}
    for way, (first, shared, apart) in means.items():
        print(
            f"\n{way}: first agrees {first:.2f}, families shared {shared:.2f}, classes apart {apart:.2f}",
            end="",
        )
    assert means["both"][1] >= means["hand-made"][1]
