"""Joins the registry and the recommender: which of the models in the zoo to start from, for a capture."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from registry import Filter, Manifest, Registry
from zoo.errors import CaptureError, StoreError
from zoo.upkeep import Progress, open_index, update_fingerprints

if TYPE_CHECKING:
    from recommender.fingerprint import Fingerprint
    from recommender.library import Library
    from recommender.suggestion import Suggestion
    from zoo.capture import Capture
    from zoo.snapshot import Snapshot
    from zoo.suggesting.workbench import Workbench


@dataclass(frozen=True)
class Answer:
    """A suggestion and what the registry knows of the parents in it.

    Attributes:
        capture: what was asked about; its findings are worth reading.
        suggestion: the parents, best first, and the advice.
        models: the manifest of every parent, by id.
        choice: how many models there were to choose from.
        tuned: what the parents have become that were tuned for a moment, by id; none of it was tested on what
            `training.datasets.split_capture` keeps for the test.
        tried: all that were tuned for a moment, those too that a training must not go on from.
    """

    capture: Capture
    suggestion: Suggestion
    models: dict[str, Manifest]
    choice: int
    tuned: Mapping[str, Snapshot] = field(default_factory=dict)
    tried: Mapping[str, Snapshot] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As JSON values: the same capture and zoo give the same bytes."""
        document = self.suggestion.to_json()
        for parent in document["parents"]:
            model = self.models[parent["id"]]
            parent["model"] = {
                "name": model.name,
                "device": str(model.device),
                "gain_class": model.gain_class,
                "architecture": model.architecture,
                "sample_rate": model.sample_rate,
                "licence": model.licence,
            }
        findings = [{"code": f.code, "severity": f.severity.value} for f in self.capture.findings]
        return {"choice": self.choice, **document, "findings": findings}


def suggest_from(
    registry: Registry,
    capture: Capture,
    k: int = 5,
    wanted: Filter | None = None,
    progress: Progress | None = None,
    *,
    quick: bool = False,
    seconds: float | None = None,
    but: Collection[str] = (),
) -> Answer:
    """The ``k`` best parents in ``registry`` among those that fit ``wanted``.

    Args:
        registry: where they are.
        capture: dry and wet, or wet alone.
        k: how many.
        wanted: only models that fit.
        progress: hears of fingerprints that had to be computed first.
        quick: leave it at fitted heads; nothing is tuned.
        seconds: of training material, if not all of it may be used.
        but: ids of models that are left out.

    Raises:
        BadRequest: ``k`` is below 1.
        EngineMissing: the native engine is not installed.
        StoreError: the zoo cannot be read.
    """
    from recommender.suggest import suggest

    update_fingerprints(registry, progress=progress)
    models = {model.id: model for model in registry.list(wanted) if model.id not in but}
    library = library_of(registry, models.values())
    bench = None if quick else _workbench(capture, seconds, registry)
    suggestion = suggest(capture, library, k, bench.halving() if bench else None)
    chosen = {parent.id: models[parent.id] for parent in suggestion.parents}
    usable, tried = (bench.usable, bench.tuned) if bench else ({}, {})
    return Answer(capture, suggestion, chosen, len(models), usable, tried)


def library_of(registry: Registry, models: Iterable[Manifest]) -> Library:
    """``models`` as the recommender sees them; their fingerprints must be up to date."""
    from recommender.library import Library
    from recommender.nominate import Candidate

    return Library(
        index=open_index(registry),
        candidates={model.id: Candidate(model.id, family_of(model, registry)) for model in models},
        load=cache(registry.load),
        fingerprint=lambda model_id: _fingerprint(registry, model_id),
    )


def _workbench(capture: Capture, seconds: float | None, registry: Registry) -> Workbench | None:
    """None where nothing can be tuned: the dry signal is missing, or the capture is too short to be cut."""
    if capture.dry is None:
        return None
    from zoo.suggesting.workbench import Workbench  # and with it torch, which a wet-only answer does without

    try:
        return Workbench(capture, seconds)
    except CaptureError as error:
        registry.remark(f"no parent was tuned for a moment: {error}")
        return None


def family_of(model: Manifest, registry: Registry) -> str:
    """What a model shares with its kin: its device or, where none is named, its nearest ancestor's.

    A line of models that names no device has its first ancestor in common.
    """
    seen = {model.id}
    while not (words := _letters(model)) and model.parent is not None and model.parent not in seen:
        seen.add(model.parent)
        ancestor = registry.get(model.parent)
        if ancestor is None:
            return model.parent
        model = ancestor
    return words or model.id


def _letters(model: Manifest) -> str:
    words = f"{model.device.make or ''} {model.device.model or ''}"
    return re.sub(r"[^a-z0-9]", "", words.lower())


def _fingerprint(registry: Registry, model_id: str) -> Fingerprint:
    from recommender.fingerprint import FINGERPRINT_KEY

    arrays = registry.fingerprint(model_id, FINGERPRINT_KEY)
    if arrays is None:
        raise StoreError(f"the fingerprint of {model_id[:12]} is gone; run the same command again")
    return arrays
