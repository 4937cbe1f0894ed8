"""The gate: what every model passes on its way into the zoo, be it imported, pulled or tuned.

A model is refused when it puts out NaN, exceeds all bounds, rings on in silence, makes no sound, is too
large to be played in real time, or does not reproduce the test vector in its own file. All else is measured,
and what a person should know is kept in its manifest. The fingerprint that `suggest` needs is computed on the
way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from registry import Facts, Manifest, Origin, Registry
from registry.entering import Arrival, store
from registry.quality import Quality, Twin
from zoo.errors import EngineMissing, ZooError
from zoo.executors import LOCAL, Executor
from zoo.gate.findings import findings

if TYPE_CHECKING:
    from recommender.fingerprint import Arrays
    from recommender.stress import Endurance
    from recommender.twins import Sketches
    from zoo.gate.hearing import Heard
    from zoo.gate.self_test import SelfTest
    from zoo.snapshot import Snapshot

MOST_COMPARED = 8
MOST_TWINS = 4


@lru_cache(maxsize=1)
def measured_by() -> str:
    """Names the probe and the measures behind every number of a `Quality`."""
    from recommender.fingerprint import FINGERPRINT_KEY
    from recommender.stress import STRESS_VERSION
    from recommender.twins import TWIN_KEY

    return hashlib.sha256(f"{FINGERPRINT_KEY} {STRESS_VERSION} {TWIN_KEY}".encode()).hexdigest()[:16]


def play(snapshot: Snapshot) -> tuple[Endurance, Heard | None, SelfTest]:
    """Play a model that comes in: what it does under stress, how it sounds, and as its file says.

    Raises:
        RefusedModel: it must not come in.
        EngineMissing: the native engine is not installed.
    """
    from zoo.gate.hearing import hear
    from zoo.gate.self_test import pass_self_test
    from zoo.gate.stability import endure

    endured, self_test = endure(snapshot), pass_self_test(snapshot)
    return endured, hear(snapshot), self_test


class Gate:
    """The gate of one zoo; calling it examines a model, on any thread.

    It remembers how the models of the zoo sound, so that twins are found.

    Args:
        registry: the zoo.
        executor: where models are played.
    """

    def __init__(self, registry: Registry, executor: Executor = LOCAL) -> None:
        self.registry, self.executor = registry, executor
        self._sketches: Sketches | None = None
        self._lock = Lock()

    def __call__(self, snapshot: Snapshot) -> Examination | None:
        """What was found out about a model; None when this zoo has measured it before.

        Raises:
            RefusedModel: it must not come in.
            EngineMissing: the native engine is not installed.
        """
        if self.measured(snapshot) is not None:
            return None
        return Examination(self, snapshot, *self.executor.call(play, snapshot))

    def measured(self, snapshot: Snapshot) -> Quality | None:
        """What this gate measured before, if the model is in the zoo."""
        known = self.registry.get(snapshot.digest)
        quality = known.quality if known else None
        return quality if quality and quality.measured_by == measured_by() else None

    def sketches(self) -> Sketches:
        """The sketches of all models in the zoo; those that are missing are made."""
        import numpy as np

        from recommender.twins import TWIN_KEY, Sketches

        with self._lock:
            if self._sketches is None:
                self._sketches = Sketches()
                for model in self.registry.list():
                    arrays = self.registry.fingerprint(model.id, TWIN_KEY) or self._sketched(model)
                    with suppress(KeyError, ValueError):  # a damaged one: its model is nobody's twin
                        self._sketches.add(model.id, arrays["sketch"].astype(np.float32))
            return self._sketches

    def _sketched(self, model: Manifest) -> Arrays:
        """The sketch of a model that came in before there were any; kept."""
        from recommender.twins import TWIN_KEY, answer, sketch

        try:
            arrays = {"sketch": sketch(answer(self.registry.load(model.id)))}
            self.registry.put_fingerprint(model.id, TWIN_KEY, arrays)
        except EngineMissing:
            raise
        except ZooError as error:
            self.registry.remark(f"{model.name} ({model.short_id}) cannot be compared with others: {error}")
            return {}
        return arrays


@dataclass(frozen=True, eq=False)
class Examination:
    """Everything that was found out about one model; ``heard`` is None where the probe cannot be played."""

    gate: Gate
    snapshot: Snapshot
    endured: Endurance
    heard: Heard | None
    self_test: SelfTest

    def quality(self, described: Manifest) -> Quality:
        """The measurements, and what is to be said of them."""
        known = self.gate.measured(self.snapshot)  # meanwhile, from a file with the same sound
        if known is not None:
            return known
        twins = self._twins()
        heard, endured = self.heard, self.endured
        measured = Quality(
            measured_by=measured_by(),
            peak_db=round(endured.peak_db, 1),
            silence_db=round(endured.silence_db, 1),
            dc=round(endured.dc, 5),
            loudness_db=round(heard.loudness_db, 1) if heard else None,
            latency_samples=heard.latency_samples if heard else None,
            gain_class=heard.gain_class if heard else None,
            twins=tuple(Twin(id=model.id, esr=round(ratio, 6)) for model, ratio in twins),
        )
        found = findings(measured, described, [model for model, _ in twins], self_test=self.self_test)
        return measured.model_copy(update={"findings": found})

    def keep(self, manifest: Manifest) -> None:
        """Keep fingerprint and sketch beside the model, which is in the zoo now."""
        from recommender.fingerprint import FINGERPRINT_KEY
        from recommender.twins import TWIN_KEY, sketch

        registry = self.gate.registry
        if self.heard is None or registry.get(manifest.id) is None:  # another process may have removed it
            return
        own = sketch(self.heard.answer)
        registry.put_fingerprint(manifest.id, FINGERPRINT_KEY, self.heard.fingerprint)
        registry.put_fingerprint(manifest.id, TWIN_KEY, {"sketch": own})
        self.gate.sketches().add(manifest.id, own)

    def _twins(self) -> list[tuple[Manifest, float]]:
        """The models of the zoo that sound the same, nearest first."""
        from recommender.twins import answer, sketch, twin_esr

        if self.heard is None:
            return []
        registry, found = self.gate.registry, []
        for model_id in self.gate.sketches().near(sketch(self.heard.answer), MOST_COMPARED):
            elder = registry.get(model_id)
            if elder is None or model_id == self.snapshot.digest:
                continue
            try:
                ratio = twin_esr(answer(registry.load(model_id)), self.heard.answer)
            except ZooError as error:
                registry.remark(f"{elder.name} ({elder.short_id}) cannot be compared with others: {error}")
                continue
            if ratio is not None:
                found.append((elder, ratio))
        return sorted(found, key=lambda pair: (pair[1], pair[0].id))[:MOST_TWINS]


@contextmanager
def at_the_gate(registry: Registry, executor: Executor = LOCAL) -> Iterator[Gate]:
    """The gate, while one thread of linear algebra serves each of ours: more would wait for one another."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        yield Gate(registry, executor)


def admit(
    registry: Registry, snapshot: Snapshot, *, origin: Origin | None = None, facts: Facts | None = None
) -> Manifest:
    """Let one model in that was not read from a file, such as one that was tuned; remark on what was found.

    Raises:
        RefusedModel: it must not come in.
        StoreError: the zoo cannot be written.
    """
    with at_the_gate(registry) as gate:
        manifest, _, quality = store(registry, Arrival(snapshot, origin, facts), gate(snapshot))
    for sentence in quality.sentences if quality else ():
        registry.remark(f"{manifest.name}: {sentence}")
    return manifest
