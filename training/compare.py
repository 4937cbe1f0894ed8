"""The transfer experiment: several starts, several amounts of training data, several seeds, on one capture.

Every cell of the experiment is one training. A finished cell is a JSON file in the experiment's folder, so an
interrupted experiment goes on where it stopped, in the middle of a cell too, and more seeds or amounts can be
asked for later. All cells are validated and tested on the same held-out time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from pathlib import Path

from training.compare_cells import Cell, CellFiles, CellResult, inputs_digest
from training.data import Part, Split
from training.settings import Settings
from training.start import starting_point
from training.trainer import Trainer
from training.tune import tune
from zoo.architecture import Architecture, Recurrent
from zoo.errors import BadRequest
from zoo.snapshot import Snapshot

SCRATCH = "scratch"


@dataclass(frozen=True, eq=False)
class Experiment:
    """What is compared.

    Attributes:
        split: all there is to train on, and the held-out parts that every cell shares.
        parents: by the name that the report calls them; "scratch" is always compared too.
        amounts: seconds of training data; None is all.
        seeds: trainings of each start on each amount.
        settings: of all of them, but for the seed.
    """

    split: Split
    parents: Mapping[str, Snapshot]
    amounts: tuple[float | None, ...]
    seeds: int
    settings: Settings

    def __post_init__(self) -> None:
        if SCRATCH in self.parents:
            raise BadRequest("no parent can be called scratch; name its file differently")
        if self.seeds < 1 or not self.amounts:
            raise BadRequest(
                f"{self.seeds} seeds of {len(self.amounts)} amounts are no experiment; 1 at least"
            )
        for seconds in self.amounts:
            limited(self.split, seconds)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """All cells, in the order they are trained: a first seed of everything before the second."""
        amounts = dict.fromkeys(self.amounts)
        return tuple(
            Cell(start, seconds, seed)
            for seed, seconds, start in product(range(self.seeds), amounts, (SCRATCH, *self.parents))
        )


@dataclass(frozen=True, eq=False)
class Comparison:
    """What came of an experiment.

    Attributes:
        results: of the finished cells, in the experiment's order.
        cells: how many there are in all.
        interrupted: the user stopped it; the rest is left for another run.
    """

    results: tuple[CellResult, ...]
    cells: int
    interrupted: bool = False


def run_experiment(
    experiment: Experiment,
    folder: Path,
    *,
    remark: Callable[[str], None] = lambda _: None,
    on_cell: Callable[[Cell, int, int], None] = lambda _cell, _done, _cells: None,
    on_validation: Callable[[Trainer], None] | None = None,
) -> Comparison:
    """Train every cell that ``folder`` does not hold yet.

    Args:
        experiment: see there.
        folder: of the results.
        remark: hears of parents that had to be made to fit, and of damaged results.
        on_cell: hears each cell before its training, how many are done, and of how many.
        on_validation: as `training.tune.tune`'s.

    Raises:
        BadRequest: ``folder`` holds the results of another experiment.
        StoreError: ``folder`` cannot be written; the cells before are kept.
    """
    results: list[CellResult] = []
    trainings = _Trainings(experiment, CellFiles(folder, remark), remark)
    try:
        for cell in experiment.cells:
            on_cell(cell, len(results), len(experiment.cells))
            result = trainings.result(cell, on_validation)
            if result is None:
                return Comparison(tuple(results), len(experiment.cells), interrupted=True)
            results.append(result)
    except KeyboardInterrupt:
        return Comparison(tuple(results), len(experiment.cells), interrupted=True)
    return Comparison(tuple(results), len(experiment.cells))


class _Trainings:
    """Trains the cells of one experiment; what cells have in common is made once."""

    def __init__(self, experiment: Experiment, files: CellFiles, remark: Callable[[str], None]) -> None:
        self.experiment, self.files, self.remark = experiment, files, remark
        self._parents: dict[tuple[str, float | None], Snapshot] = {}

    def result(self, cell: Cell, on_validation: Callable[[Trainer], None] | None) -> CellResult | None:
        """The cell's result, from the folder or from training; None when the user stops it."""
        settings = replace(self.experiment.settings, seed=cell.seed)
        split = limited(self.experiment.split, cell.seconds)
        start = self._start(cell, split, settings)
        inputs = inputs_digest(start, split, settings)
        finished = self.files.read(cell, inputs)
        if finished is not None:
            return finished
        clock = self.files.clock(cell, inputs)

        def validated(trainer: Trainer) -> None:
            clock.save()
            if on_validation is not None:
                on_validation(trainer)

        tuned = tune(
            start, split, settings, checkpoint=clock.checkpoint, resume=clock.resumes, on_validation=validated
        )
        if tuned.interrupted:
            return None
        return self.files.write(cell, CellResult.of(cell, tuned, clock.seconds, inputs))

    def _start(self, cell: Cell, split: Split, settings: Settings) -> Snapshot:
        if cell.start == SCRATCH:
            return starting_point(None, split, settings, architecture=self._architecture())
        key = (cell.start, cell.seconds)
        if key not in self._parents:
            parent = self.experiment.parents[cell.start]
            self._parents[key] = starting_point(parent, split, settings, remark=self.remark)
        return self._parents[key]

    def _architecture(self) -> Architecture | None:
        """The first parent's, without knobs; no parent leaves the choice to `starting_point`."""
        for parent in self.experiment.parents.values():
            architecture = parent.at_size().architecture
            return (
                replace(architecture, input_size=1) if isinstance(architecture, Recurrent) else architecture
            )
        return None


def limited(split: Split, seconds: float | None) -> Split:
    """The same validation and test parts, and only ``seconds`` of training, an equal share of every stretch.

    Raises:
        BadRequest: the training part is shorter than that.
    """
    if seconds is None:
        return split
    available = split.train.samples / split.sample_rate
    share = seconds / available
    if not 0.0 < share <= 1.0:
        raise BadRequest(
            f"{seconds:g} s of training are wanted, but more than 0 and at most {available:.1f} s can be had "
            "beside the held-out parts; ask for less, or for full"
        )
    stretches = [
        (dry[: round(share * dry.size)], wet[: round(share * wet.size)])
        for dry, wet in zip(split.train.dry, split.train.wet, strict=True)
    ]
    dry, wet = zip(*stretches, strict=True)
    return replace(split, train=Part(tuple(dry), tuple(wet)))
