"""`zoo demo`: the whole way from a pedal to a model for a plugin, in a folder of its own, told on one page.

capture -> suggest -> tune (and, to compare, train from scratch) -> prune -> export. The pedal is a circuit
that is solved, the guitarist is synthesised, the zoo is the starter zoo: no network, no recording.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.demonstrating.folder import DemoFolder, Plan
from zoo.demonstrating.shown import STAGES, Shown
from zoo.demonstrating.steps import Journey, Listeners
from zoo.demonstrating.story import story
from zoo.reports.page import write_page

if TYPE_CHECKING:
    from registry import Registry

__all__ = ["DemoFolder", "Demonstrated", "Listeners", "Plan", "demonstrate"]


@dataclass(frozen=True, eq=False)
class Demonstrated:
    """What came of it.

    Attributes:
        folder: everything that was made.
        shown: the models, the suggestion and the exports; None when it was interrupted.
    """

    folder: DemoFolder
    shown: Shown | None

    @property
    def interrupted(self) -> bool:
        """The same demonstration goes on from here."""
        return self.shown is None

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        document: dict[str, Any] = {"folder": str(self.folder.path), "interrupted": self.interrupted}
        if self.shown is not None:
            shown = self.shown
            document |= {
                "page": str(self.folder.page),
                "advice": shown.answer.suggestion.advice,
                "parent": shown.parent.name,
                "models": [
                    {"stage": stage, "id": m.id, "architecture": m.architecture, "test_esr": shown.esr(stage)}
                    for stage in STAGES
                    for m in [shown.manifests[stage]]
                ],
                "exports": [str(exported.path) for exported in shown.exports],
            }
        return document


def demonstrate(
    plan: Plan, folder: str | Path, registry: Registry, listeners: Listeners | None = None
) -> Demonstrated:
    """Go the whole way in ``folder``, or on from where it was left.

    Args:
        plan: what is shown.
        folder: new, empty, or of the same plan.
        registry: the zoo that models come from and go to; the one in the folder, by `zoo.api`.
        listeners: hear of progress.

    Raises:
        BadRequest: the folder holds something else, the circuit is unknown, or a model cannot be pruned.
        StoreError: the disk is full or may not be written.
    """
    place = DemoFolder(Path(folder))
    journey = Journey(place, plan, registry, listeners or Listeners())
    capture = journey.record()
    answer = journey.suggest(capture)
    first = answer.suggestion.parents[0].id
    parent = answer.tried.get(first) or registry.load(first)
    if not journey.tune("tuned", capture, parent, first) or not journey.tune("scratch", capture, None, None):
        return Demonstrated(place, None)
    journey.prune(capture)
    exports = journey.export()
    models = {stage: journey.model(stage) for stage in STAGES}
    manifests = {stage: place.manifest(stage) for stage in STAGES}
    shown = Shown(plan, capture, answer, models, manifests, tuple(exports))
    write_page(place.page, story(shown, place))
    return Demonstrated(place, shown)
