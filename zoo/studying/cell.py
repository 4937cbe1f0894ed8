"""One cell: a device at one hidden size, unpruned, by the paper's mask search, and by the combined recipe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.architecture import Recurrent
from zoo.snapshot import Snapshot
from zoo.studying.files import COMBINED, MASK_SEARCH, UNPRUNED, UNPRUNED_LONG, CellFiles, Row
from zoo.studying.plan import StudyPlan
from zoo.studying.recipe import next_search

if TYPE_CHECKING:
    from training.data import Split
    from training.pruning import Iteration
    from training.trainer import Trainer

OnTraining = Callable[[str, "Trainer"], None]
"""Hears of epochs and validations: of which training of the cell, and the trainer."""

MOST_RETRAINED = 3
HOPE = 1.25  # times the lowest loss that a short training under a mask reached
GOAL = 0.98  # of the weights


@dataclass(frozen=True, eq=False)
class Cell:
    """A device at one hidden size, and where its trainings are kept."""

    device: str
    size: int
    split: Split
    plan: StudyPlan
    files: CellFiles
    heard: OnTraining = lambda *_: None

    def run(self) -> None:
        """Do what is left to do.

        Raises:
            BadRequest: a training diverged.
            WriteError: the disk is full or may not be written.
        """
        self.files.make()
        unpruned = self.unpruned()
        self.unpruned_long(self.combined())
        records = self.mask_search()
        for number in self._always(records):
            self.retrained(number, records)
        for number in hopeful(records):
            if self.retrained(number, records).validation <= unpruned.validation:
                break

    def start(self) -> Snapshot:
        """The paper's network from scratch: an LSTM, a linear output, and the dry signal added."""
        from training.distil import from_scratch

        architecture = Recurrent("LSTM", self.size, residual=True)
        return from_scratch(architecture, self.split.sample_rate, self.plan.seed)

    def unpruned(self) -> Row:
        """Trained from scratch."""
        return self._trained(UNPRUNED, None, self.start, self.plan.minutes, 0)

    def unpruned_long(self, combined: Row) -> Row:
        """Trained from scratch for as many epochs as ``combined`` had in all: a fair comparison."""
        minutes = self.plan.minutes_of(combined.epochs_before + combined.epochs, self.split)
        return self._trained(UNPRUNED_LONG, None, self.start, minutes, 0)

    def mask_search(self) -> list[Iteration]:
        """Algorithm 1 with FTF: the unpruned model is its first iteration's."""
        from training.pruning import mask_of, pruned_mask, search_iteration
        from training.pruning.search import pruned_after

        place, search, records = self.files.search, self.plan.search(), self.files.search.records()
        settings, start = self.plan.settings(self.split, self.plan.minutes), self.start()
        for number in range(len(records) + 1, search.iterations + 1):
            if number == 1:
                row, trained = self.files.rows()[0], self.files.model(self.files.rows()[0])
                mask = pruned_mask(trained, mask_of(start), search.ratio)
                found = pruned_after(1, trained, mask, start, start, self.split, settings, search, row.epochs)
            else:
                found = search_iteration(
                    number, place.point(number - 1), start, self.split, settings, search,
                    self._searching("mask search", number),
                )  # fmt: skip
            place.keep(number, found.pruned)
            records.append(found.record)
            place.write(records)
        return records

    def retrained(self, number: int, records: Sequence[Iteration]) -> Row:
        """A point of the mask search, trained to the end."""
        before = sum(record.epochs for record in records[:number])
        return self._trained(
            MASK_SEARCH, number, lambda: self.files.search.point(number), self.plan.minutes, before
        )

    def combined(self) -> Row:
        """Whole units go first, then single weights in small steps, then a long training."""
        from training.pruning import search_iteration

        place, records = self.files.combined, self.files.combined.records()
        unpruned = self.files.rows()[0]
        origin = model = self.files.model(unpruned)
        if records:
            model = place.point(len(records))
        while (search := next_search(model, self.plan)) is not None:
            number = len(records) + 1
            found = search_iteration(
                number, model, origin, self.split, self.plan.settings(self.split, self.plan.minutes), search,
                self._searching("combined", number),
            )  # fmt: skip
            model = found.pruned
            place.keep(number, model)
            records.append(found.record)
            place.write(records)
        before = unpruned.epochs + sum(record.epochs for record in records)
        return self._trained(COMBINED, None, lambda: model, self.plan.long_minutes, before)

    def _searching(self, what: str, number: int) -> Callable[[Trainer, float], None]:
        return lambda trainer, _: self.heard(f"{what} {number}", trainer)

    def _always(self, records: Sequence[Iteration]) -> list[int]:
        """The first point that the goal of so many pruned weights is met at."""
        return [record.number for record in records if record.sparsity >= GOAL][:1]

    def _trained(
        self, kind: str, point: int | None, start: Callable[[], Snapshot], minutes: float, before: int
    ) -> Row:
        name = kind.replace(" ", "-") + ("" if point is None else f"-{point:02d}")
        return self.files.once(name, lambda: self._train(name, kind, point, start(), minutes, before))

    def _train(
        self, name: str, kind: str, point: int | None, start: Snapshot, minutes: float, before: int
    ) -> tuple[Row, Snapshot]:
        from training.pruning import mask_of, retrained
        from training.pruning.masks import require_prunable
        from training.trainer import part_loss
        from zoo.benching import count

        settings = self.plan.settings(self.split, minutes)
        done = retrained(
            start,
            self.split,
            settings,
            weights_before=sum(array.size for array in mask_of(self.start()).values()),
            checkpoint=self.files.checkpoint(name),
            on_validation=lambda trainer: self.heard(name, trainer),
        )
        counts = count(done.snapshot)
        row = Row(
            device=self.device,
            size=self.size,
            kind=kind,
            point=point,
            hidden=require_prunable(done.snapshot).hidden_size,
            weights=done.weights,
            pruned=done.sparsity,
            parameters=counts.nonzero,
            macs=counts.macs,
            validation=done.validation,
            test_loss=part_loss(done.snapshot, self.split.test, settings),
            test_esr=done.scores.esr,
            epochs=done.epochs,
            epochs_before=before,
        )
        return row, done.snapshot


def hopeful(records: Sequence[Iteration]) -> list[int]:
    """The sparsest points that a short training left near the best of all, sparsest first."""
    from zoo.pruning.choice import expected_loss

    trained = {record.number: expected_loss(records, record.number) for record in records}
    best = min(trained.values())
    return [number for number in reversed(trained) if trained[number] <= HOPE * best][:MOST_RETRAINED]
