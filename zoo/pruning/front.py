"""The front: pruned, distilled and directly trained models of the same sizes, with their measured cost.

Every training has a checkpoint in the folder, so that doing it again only reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from zoo.files import write_atomically
from zoo.pruning.choice import Choice, allowed_loss, expected_loss
from zoo.pruning.folder import PruningFolder
from zoo.snapshot import Snapshot

if TYPE_CHECKING:
    from training.data import Split
    from training.pruning import Iteration, Pruned
    from training.pruning.front import Entry
    from training.settings import Settings
    from training.trainer import Trainer

MOST_SIZES = 4
HOPELESS = 4.0  # times the unpruned loss at a short training's end


@dataclass(frozen=True, eq=False)
class Contender:
    """A trained model of the front.

    Attributes:
        entry: its numbers.
        pruned: the model.
        point: the iteration that a pruned one comes from, else None.
    """

    entry: Entry
    pruned: Pruned
    point: int | None = None


def contenders(
    place: PruningFolder,
    records: Sequence[Iteration],
    split: Split,
    settings: Settings,
    on_validation: Callable[[str, Trainer], None],
) -> list[Contender]:
    """Train and measure all models of the front."""
    from training.distil import distilled, from_scratch
    from training.pruning import mask_of, retrained
    from training.pruning.masks import require_prunable

    teacher = place.point(0)
    before = sum(array.size for array in mask_of(place.start()).values())
    architecture, found = require_prunable(teacher), list[Contender]()

    def add(kind: str, size: int, start: Callable[[], Snapshot], point: int | None = None) -> None:
        name = f"{kind}-{size:03d}" if point is None else f"{point:02d}"
        done = retrained(
            place.kept(name, start) if point is None else start(),
            split,
            settings,
            weights_before=before,
            checkpoint=place.checkpoint(name),
            on_validation=lambda trainer: on_validation(f"{kind} {size}", trainer),
        )
        found.append(Contender(_entry(kind, done), done, point))

    add("unpruned", architecture.hidden_size, lambda: teacher)
    for record in sizes(records, architecture.hidden_size):
        add("pruned", record.hidden, partial(place.point, record.number), record.number)
        smaller = replace(architecture, hidden_size=found[-1].entry.hidden)
        size = smaller.hidden_size
        add("distilled", size, partial(distilled, teacher, smaller, split, settings))
        add("direct", size, partial(from_scratch, smaller, teacher.sample_rate, settings.seed))
    return found


def sizes(records: Sequence[Iteration], hidden: int) -> list[Iteration]:
    """A few points of different sizes, spread over those that are not hopeless; over all where all are."""
    smaller: dict[int, Iteration] = {}  # the sparsest of a size
    hopeful: dict[int, Iteration] = {}
    for record in records:
        if record.hidden < hidden:
            smaller[record.hidden] = record
            if expected_loss(records, record.number) < HOPELESS * records[0].validation:
                hopeful[record.hidden] = record
    every = list((hopeful or smaller).values()) or [records[-1]]
    if len(every) <= MOST_SIZES:
        return every
    return [every[round(i * (len(every) - 1) / (MOST_SIZES - 1))] for i in range(MOST_SIZES)]


def chosen(found: Sequence[Contender], records: Sequence[Iteration], choice: Choice) -> Contender | None:
    """The best contender for the budget in ``choice``; None where nothing fits."""
    from training.pruning.front import best_for

    entries = [contender.entry for contender in found]
    limit = min(found[0].entry.validation * (1.0 + choice.max_increase), allowed_loss(records, choice))
    best = best_for(
        entries, rtf=choice.rtf, hidden=choice.hidden, most_loss=max(limit, found[0].entry.validation)
    )
    return next((contender for contender in found if contender.entry is best), None)


def write_front(place: PruningFolder, title: str, found: Sequence[Contender], best: Contender | None) -> None:
    """front.csv and front.png in the folder.

    Raises:
        WriteError: the disk is full or may not be written.
    """
    from training.pruning.front import front_csv, plot_front

    entries = [contender.entry for contender in found]
    marked = best.entry if best else None
    write_atomically(place.path / "front.csv", front_csv(entries, marked))
    plot_front(place.path / "front.png", title, entries, marked)


def _entry(kind: str, done: Pruned) -> Entry:
    from training.pruning.front import Entry
    from training.pruning.masks import require_prunable
    from zoo.benching import real_time_factor
    from zoo.benching.arm import NotCountable, instructions_per_sample

    try:
        instructions = instructions_per_sample(done.snapshot)
    except NotCountable:
        instructions = None
    return Entry(
        kind=kind,
        hidden=require_prunable(done.snapshot).hidden_size,
        weights=done.weights,
        validation=done.validation,
        test_esr=done.scores.esr,
        rtf=real_time_factor(done.snapshot),
        instructions=instructions,
    )
