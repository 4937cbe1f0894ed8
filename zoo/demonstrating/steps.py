"""The steps of a demonstration; each leaves files in the folder and is skipped where they are."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from registry import Filter, Manifest, Registry
from zoo.audio import write_audio
from zoo.capture import Capture, load_capture
from zoo.demonstrating.folder import DemoFolder, Plan
from zoo.demonstrating.playing import SAMPLE_RATE, played
from zoo.errors import BadRequest
from zoo.exporting import Exported, export_model
from zoo.formats import read_model
from zoo.pruning import Choice, prune_model
from zoo.pruning import Listeners as PruningListeners
from zoo.pruning.folder import PruningFolder, PruningPlan
from zoo.recording import record_circuit
from zoo.snapshot import Snapshot
from zoo.suggesting import Answer, suggest_from
from zoo.tuning import Plan as TrainingPlan
from zoo.tuning import Wish, tune_capture
from zoo.tuning.folder import TrainingFolder
from zoo.upkeep import Progress

if TYPE_CHECKING:
    from training.settings import Settings
    from training.trainer import Trainer

MADE = ("scratch", "tuned", "pruned")
PLAYERS = ("nam", "aidax", "proteus")
LSTMS = Filter(arch="LSTM")
RATIO, EPOCHS_BETWEEN = 0.3, 2


def _ignore(_what: str, _done: int, _total: int) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Listeners:
    """Who hears of progress.

    Attributes:
        remark: of what a person should know.
        progress: of what is done, how far, and of how much.
    """

    remark: Callable[[str], None] = lambda _: None
    progress: Progress = field(default=_ignore)


@dataclass(frozen=True, eq=False)
class Journey:
    """One demonstration on its way.

    Attributes:
        place: its folder.
        plan: what is shown.
        registry: the zoo in the folder.
        listeners: hear of progress.
    """

    place: DemoFolder
    plan: Plan
    registry: Registry
    listeners: Listeners

    def record(self) -> Capture:
        """Play, capture, and read the capture as any other."""
        if not self.place.dry.is_file():
            write_audio(self.place.dry, played(self.plan.seconds)[None], SAMPLE_RATE, encoding="PCM_24")
        if not self.place.capture.is_file():

            def show(done: int, total: int) -> None:
                self.listeners.progress("capture the pedal", done, total)

            record_circuit(self.plan.circuit, self.place.dry, self.place.capture, progress=show)
        return load_capture(self.place.capture)

    def suggest(self, capture: Capture) -> Answer:
        """The zoo's answer, among models of other devices that can be pruned afterwards.

        Raises:
            BadRequest: no model could be heard, or none is large enough.
        """
        self.listeners.progress("ask the zoo", 0, 1)
        if all(self._is_out(model) for model in self.registry.list(LSTMS)):
            raise BadRequest(
                f"no model of the zoo has {self.plan.hidden + 1} to {self._most_units} units; choose a "
                "smaller --hidden"
            )
        out = {model.id for model in self.registry.list(LSTMS) if self._is_out(model)}
        answer = suggest_from(self.registry, capture, 5, LSTMS, but=out)
        if not answer.suggestion.parents:
            raise BadRequest("no model of the zoo could be heard on this capture; choose another --circuit")
        self.listeners.progress("ask the zoo", 1, 1)
        return answer

    def _is_out(self, model: Manifest) -> bool:
        """A model of the very device (what was made here, too), too small to prune, or too large."""
        made = model.name in [self._name(stage) for stage in MADE]
        same = (model.device.model or "").casefold() == self.plan.device
        return made or same or not self.plan.hidden < (model.hidden_size or 0) <= self._most_units

    @property
    def _most_units(self) -> int:
        """Of a parent: pruning takes few steps, and a step takes a small network little time."""
        return max(2 * self.plan.hidden, 20)

    def tune(self, name: str, capture: Capture, parent: Snapshot | None, parent_id: str | None) -> bool:
        """Train "tuned" from the parent or "scratch" from nothing; False when interrupted."""
        folder = TrainingFolder(self.place.model(name))
        if folder.is_complete and not folder.is_begun:
            return True
        plan = TrainingPlan(self._name(name), capture.sample_rate, parent_id)
        what = "train from scratch" if parent is None else "tune the parent"
        made = tune_capture(
            capture, parent, folder.path, self.registry, self._settings(), Wish(name=plan.name),
            TrainingPlan.read(folder.path) if folder.is_begun else plan, resume=folder.is_begun,
            remark=self.listeners.remark, on_validation=self._watch(what),
        )  # fmt: skip
        return not made.tuned.interrupted

    def prune(self, capture: Capture) -> None:
        """Make the tuned model smaller."""
        from training.pruning import SearchSettings
        from training.pruning.masks import require_prunable

        place = PruningFolder(self.place.model("pruned"))
        if TrainingFolder(place.path).is_complete:
            return
        start, resume = self.model("tuned"), place.path.exists()
        iterations = _iterations(require_prunable(start).hidden_size, self.plan.hidden)
        search = SearchSettings(iterations, RATIO, k=EPOCHS_BETWEEN, fully_train_first=False, method="units")
        plan = place.plan() if resume else PruningPlan(
            self._name("pruned"), start.sample_rate, start.digest, None,
            self._settings().to_json(), search.to_json(),
        )  # fmt: skip
        watch = self._watch("train the smaller model")
        listeners = PruningListeners(
            self.listeners.remark,
            iteration=lambda it: self.listeners.progress("look for a smaller model", it.number, iterations),
            validation=lambda _, trainer: watch(trainer),
        )
        choice = Choice(hidden=self.plan.hidden)
        prune_model(
            capture, start, plan, place.path, self.registry, choice, resume=resume, listeners=listeners
        )

    def export(self) -> list[Exported]:
        """The pruned model for every player; written anew each time, it takes a moment."""
        snapshot, made = self.model("pruned"), list[Exported]()
        for number, player in enumerate(PLAYERS, 1):
            made.append(export_model(snapshot, player, self.place.exports / f"{self.plan.circuit}-{player}"))
            self.listeners.progress("export", number, len(PLAYERS))
        return made

    def model(self, name: str) -> Snapshot:
        """One of the models that were made."""
        return read_model(self.place.model(name))

    def _name(self, stage: str) -> str:
        return f"{self.plan.circuit} {stage}"

    def _settings(self) -> Settings:
        from training.settings import Settings

        return Settings(epochs=self.plan.epochs, patience=self.plan.epochs)

    def _watch(self, what: str) -> Callable[[Trainer], None]:
        return lambda trainer: self.listeners.progress(what, trainer.epoch, self.plan.epochs)


def _iterations(units: int, wanted: int) -> int:
    """How many times the share `RATIO` of the weights, which go by the square of the units, has to go."""
    return math.ceil(2.0 * math.log(wanted / units) / math.log(1.0 - RATIO)) + 1
