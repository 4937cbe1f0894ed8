"""What ``zoo prune`` prints: an iteration as it ends, and the pruned model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from zoo.cli.output import print_table

if TYPE_CHECKING:
    from training.pruning import Iteration
    from training.pruning.front import Entry
    from zoo.pruning import PrunedModel


def line_of(record: Iteration) -> str:
    """An iteration of the mask search, as a remark."""
    return (
        f"iteration {record.number}: {record.epochs} epochs, validation loss {record.validation:.4f}, then "
        f"{100 * record.sparsity:.1f} % pruned, {record.hidden} units left"
    )


def facts_of(made: PrunedModel) -> dict[str, object]:
    """What `--json` prints."""
    removal, manifest = made.pruned.removal, made.model.manifest
    return {
        "id": manifest.id,
        "name": manifest.name,
        "parent": manifest.parent,
        "architecture": manifest.architecture,
        "folder": str(made.model.folder),
        "kind": made.kind,
        "point": made.point,
        "sparsity": made.pruned.sparsity,
        "weights": made.pruned.weights,
        "dead_units": removal.dead,
        "constant_units": removal.constant,
        "settling_samples": removal.settling_samples,
        "validation_loss": made.pruned.validation,
        "within_the_allowed_increase": made.within,
        "test_esr": made.pruned.scores.esr,
        "test_esr_unpruned": made.unpruned_esr,
        "search": [asdict(record) for record in made.records],
        "front": [asdict(entry) for entry in made.front],
    }


def print_pruned(made: PrunedModel) -> None:
    """The search as a table, the front if there is one, and the model that came of it."""
    columns = ("iteration", "pruned %", "units", "loss at its end", "loss when pruned", "epochs")
    rows = [
        (
            r.number,
            f"{100 * r.sparsity:.1f}",
            r.hidden,
            f"{r.validation:.4f}",
            f"{r.masked_validation:.4f}",
            r.epochs,
        )
        for r in made.records
    ]
    print_table(columns, rows, right=columns)
    if made.front:
        _print_front(made.front)
    manifest, pruned = made.model.manifest, made.pruned
    origin = f"from iteration {made.point}" if made.point else made.kind
    print(f"{manifest.name} ({manifest.short_id}), {manifest.architecture}, {origin}")
    print(f"{100 * pruned.sparsity:.1f} % of the weights are pruned, {pruned.weights} are left")
    print(f"on unseen playing: ESR {pruned.scores.esr:.4f}, unpruned {made.unpruned_esr:.4f}")


def _print_front(front: Sequence[Entry]) -> None:
    columns = ("kind", "units", "weights", "validation loss", "test ESR", "RTF", "ARM instructions")
    rows = [
        (e.kind, e.hidden, e.weights, f"{e.validation:.4f}", f"{e.test_esr:.4f}", f"{e.rtf:.5f}",
         "" if e.instructions is None else round(e.instructions))
        for e in front
    ]  # fmt: skip
    print_table(columns, rows, right=columns[1:])
