"""How the recommender, and simpler ways, rank the parents of a target, to be held against the matrix."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from recommender.evaluation.matrix import Prediction
from recommender.halving import Halving
from recommender.listening import at_common_rate, shortened
from recommender.ranking import Tried
from recommender.suggest_paired import tried_in_order
from recommender.suggest_wet import nominate_by_sound
from registry import Manifest, Registry
from zoo.capture import Capture
from zoo.engine import render_many
from zoo.errors import BadRequest, CaptureError
from zoo.evaluating.job import Listeners, Plan, is_kin
from zoo.evaluating.material import Material
from zoo.evaluating.targets import RATE, Target
from zoo.executors import LOCAL, Executor
from zoo.files import write_atomically
from zoo.metrics import esr
from zoo.suggesting import library_of
from zoo.suggesting.workbench import Workbench
from zoo.upkeep import update_fingerprints

SUGGEST, QUICK, WET = "suggest", "suggest --quick", "suggest, wet only"
NAME, RAW, GAIN, MFCC = "name", "raw ESR", "gain only", "MFCC"
HEARD_SECONDS = 10.0  # of the capture, by the simpler ways
COEFFICIENTS = 20


def rank_all(
    plan: Plan, folder: Path, registry: Registry, listeners: Listeners, executor: Executor = LOCAL
) -> list[Prediction]:
    """Rankings of all parents for every target and amount; those that were made before are read.

    The executor computes the fingerprints that are missing; a suggestion is the work of one machine.

    Raises:
        StoreError: the folder cannot be written.
    """
    update_fingerprints(registry, progress=listeners.progress, executor=executor)
    material, made = Material(folder / "targets"), list[Prediction]()
    questions = [(target, seconds) for seconds in plan.amounts for target in plan.targets]
    (folder / "rankings").mkdir(parents=True, exist_ok=True)
    for done, (target, seconds) in enumerate(questions):
        listeners.progress("rankings", done, len(questions))
        path = folder / "rankings" / f"{target.name}-{seconds:g}s.json"
        kept = _kept(path, plan)
        if kept is None:
            kept = list(rank(target, seconds, plan, material, registry))
            document = {"parents": _ids(plan), "rankings": [asdict(p) for p in kept]}
            write_atomically(path, json.dumps(document).encode())
        made += kept
    listeners.progress("rankings", len(questions), len(questions))
    return made


def _ids(plan: Plan) -> list[str]:
    return sorted(parent.id for parent in plan.parents)


def _kept(path: Path, plan: Plan) -> list[Prediction] | None:
    try:
        document = json.loads(path.read_bytes())
        same = document["parents"] == _ids(plan)
        return [Prediction(**p) for p in document["rankings"]] if same else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def rank(
    target: Target, seconds: float, plan: Plan, material: Material, registry: Registry
) -> Iterator[Prediction]:
    """How each predictor ranks the parents, given what a user with so much material has."""
    heard = material.heard(target, RATE, seconds)
    strangers = [p for p in plan.parents if not is_kin(target, p, registry)]
    for kin_out, parents in ((False, list(plan.parents)), (True, strangers)):
        for predictor in (SUGGEST, QUICK):
            for one in _suggested(heard, parents, registry, quick=predictor == QUICK):
                yield Prediction(target.name, seconds, predictor, kin_out, one.id, one.expected_db)
        for place, parent in enumerate(by_sound(heard, parents, registry)):
            yield Prediction(target.name, seconds, WET, kin_out, parent, float(place))
    for predictor, scores in _simply(target, heard, list(plan.parents), registry).items():
        for parent, score in scores.items():
            yield Prediction(target.name, seconds, predictor, None, parent, float(score))


def _suggested(heard: Capture, parents: list[Manifest], registry: Registry, *, quick: bool) -> list[Tried]:
    halving = None if quick else _halving(heard)
    with threadpool_limits(1, user_api="blas"):
        return tried_in_order(heard, library_of(registry, parents), halving)


def by_sound(heard: Capture, parents: list[Manifest], registry: Registry) -> list[str]:
    """Ids of the parents as they are suggested to who brings the wet side alone, the first first."""
    wet_only = at_common_rate(replace(heard, dry=None))
    return [n.id for n in nominate_by_sound(wet_only, library_of(registry, parents), len(parents))]


def _halving(heard: Capture) -> Halving | None:
    """None where there is too little to tune on, as `zoo suggest` has it."""
    try:
        return Workbench(heard).halving()
    except CaptureError:
        return None


def _simply(
    target: Target, heard: Capture, parents: list[Manifest], registry: Registry
) -> dict[str, dict[str, float]]:
    """What anyone would try first: names, errors and spectra of the parents as they are, knobs at noon."""
    brief = shortened(heard, HEARD_SECONDS)
    assert brief.dry is not None
    played = dict(
        zip(
            (p.id for p in parents),
            render_many([registry.load(p.id) for p in parents], brief.dry),
            strict=True,
        )
    )
    features = _mfcc(brief.wet)
    return {
        NAME: {p.id: 1.0 - _alike(target.name, p.name) for p in parents},
        RAW: {i: esr(brief.wet, output) for i, output in played.items()},
        GAIN: {i: _unexplained(brief.wet, output) for i, output in played.items()},
        MFCC: {i: float(np.linalg.norm(_mfcc(output) - features)) for i, output in played.items()},
    }


def _alike(first: str, second: str) -> float:
    return SequenceMatcher(None, first.lower(), second.lower()).ratio()


def _unexplained(target: npt.NDArray[Any], prediction: npt.NDArray[Any]) -> float:
    """1 - rho^2: the ESR that is left when the prediction may be scaled."""
    a, b = target.astype(np.float64), prediction.astype(np.float64)
    energy = float(np.dot(a, a) * np.dot(b, b))
    return 1.0 - float(np.dot(a, b)) ** 2 / energy if energy > 0.0 else 1.0


def _mfcc(signal: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Means and deviations of the cepstral coefficients but the first, which is the level."""
    import librosa

    coefficients = librosa.feature.mfcc(y=signal.astype(np.float32), sr=RATE, n_mfcc=COEFFICIENTS)[1:]
    return np.concatenate([coefficients.mean(axis=1), coefficients.std(axis=1)])


def require_parents(parents: list[Manifest]) -> tuple[Manifest, ...]:
    """Two at least, or there is nothing to rank.

    Raises:
        BadRequest: there are fewer.
    """
    if len(parents) < 2:
        raise BadRequest(f"{len(parents)} parents fit; at least 2 are needed, see `zoo list`")
    return tuple(parents)
