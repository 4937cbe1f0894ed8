"""What the starter zoo's first suggestion is worth on real devices; one line a training, and a table.

    python manifests/starter_evidence.py DATA                  with the starter zoo alone
    python manifests/starter_evidence.py DATA --models         with the models of DATA/models too
    python manifests/starter_evidence.py --table               what is in the file already

DATA is the folder of TONEZOO_DATA. For each of its four captures and twelve of its models that stand in for
devices, thirty seconds are given to the recommender, and its first suggestion is fine-tuned as ``zoo tune``
does it; a network of the same size is trained from scratch on the same, both for 40 epochs at most, three
seeds each (--seeds 1: the first alone), and tested on another take. Models of the target's own family, or
trained on its very recording, are kept from the recommender. "Train from scratch" counts as the suggestion
that it is. Every finished training is a line of manifests/starter_evidence.csv; the same command goes on
after any interruption. Recordings and zoos are kept in build/evidence/.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import torch
from evidence_material import Playing, is_barred, targets

from recommender.suggest import suggest
from registry import Filter, Registry
from training.distil import from_scratch
from training.settings import Settings
from training.start import DEFAULT_ARCHITECTURE
from training.tune import tune
from zoo.api import import_models, open_registry
from zoo.evaluating.job import is_kin
from zoo.evaluating.targets import RATE, Target
from zoo.files import write_atomically
from zoo.metrics import to_db
from zoo.snapshot import Snapshot
from zoo.suggesting import library_of
from zoo.suggesting.workbench import Workbench

ROOT = Path(__file__).resolve().parent.parent
ROWS = ROOT / "manifests" / "starter_evidence.csv"
KEPT = ROOT / "build" / "evidence"
SEEDS = (0, 1, 2)
EPOCHS, PATIENCE = 40, 8
SCRATCH = "scratch"
RECURRENT = ("proteus", "neuralpi", "neuralpi-plugin", "mod-lstm", "automated-gam", "boss-six-architectures")
WINS, LOSES = 3.0, -0.5  # dB: what is asked of the median and of the worst


@dataclass(frozen=True)
class Row:
    """One training. ``zoo`` is "starter" or "models"; ``start`` is "suggestion" or "scratch"."""

    zoo: str
    target: str
    start: str
    parent: str
    architecture: str
    sample_rate: int
    seed: int
    epochs: int
    test_esr: float
    test_emphasised_esr: float

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What makes it the same training."""
        return self.zoo, self.target, self.start, self.seed


def run(data: Path, zoo: str, only: str, seeds: Sequence[int] = SEEDS) -> None:
    """Train what is not in the file yet."""
    torch.set_num_threads(1)
    rows = read_rows()
    playing = Playing(KEPT / "targets")
    with _registry(data, zoo) as registry:
        for target in targets(data):
            if not fnmatch(target.name, only) or _complete(rows, zoo, target, seeds):
                continue
            start, name = _suggested(registry, target, playing)
            for row in _trainings(rows, zoo, target, playing, start, name, seeds):
                rows.append(row)
                write_rows(rows)
                sys.stderr.write(
                    f"{zoo} {row.target} {row.start} ({row.parent}) {row.seed}: {row.test_esr:.4f}\n"
                )


@contextmanager
def _registry(data: Path, zoo: str) -> Iterator[Registry]:
    with open_registry(KEPT / f"zoo-{zoo}", remark=lambda _: None) as registry:
        if zoo == "models":
            import_models([data / "models" / folder for folder in RECURRENT], registry=registry)
        yield registry


def _complete(rows: Sequence[Row], zoo: str, target: Target, seeds: Sequence[int]) -> bool:
    done = {row.key for row in rows}
    return all((zoo, target.name, start, seed) in done for start in ("suggestion", SCRATCH) for seed in seeds)


def _suggested(registry: Registry, target: Target, playing: Playing) -> tuple[Snapshot | None, str]:
    """Where a training starts that leaves the choice to the recommender, and the parent's name."""
    parents = [
        model
        for model in registry.list(Filter(arch="LSTM"))
        if not is_barred(target, model.name, is_kin(target, model, registry))
    ]
    heard = playing.heard(target, RATE)
    bench = Workbench(heard)
    suggestion = suggest(heard, library_of(registry, parents), 1, bench.halving())
    if not suggestion.parents or suggestion.advice == "train from scratch":
        return None, SCRATCH
    chosen = suggestion.parents[0].id
    return bench.usable.get(chosen) or registry.load(chosen), registry.find(chosen).name


def _trainings(
    rows: Sequence[Row],
    zoo: str,
    target: Target,
    playing: Playing,
    start: Snapshot | None,
    name: str,
    seeds: Sequence[int],
) -> Iterator[Row]:
    """The rows that are missing; scratch is trained once for both zoos if network and rate are the same."""
    architecture = start.architecture if start else DEFAULT_ARCHITECTURE
    rate = start.sample_rate if start else RATE
    split = playing.split(target, rate)
    done = {row.key: row for row in rows}
    for seed in seeds:
        settings = Settings(epochs=EPOCHS, patience=PATIENCE, seed=seed)
        alike = (target.name, SCRATCH, str(architecture), rate, seed)
        known = [
            r for r in done.values() if (r.target, r.start, r.architecture, r.sample_rate, r.seed) == alike
        ]
        scratch = (
            Row(**{**asdict(known[0]), "zoo": zoo})
            if known
            else _row(zoo, target, SCRATCH, SCRATCH, from_scratch(architecture, rate, seed), split, settings)
        )
        if scratch.key not in done:
            yield scratch
        if (zoo, target.name, "suggestion", seed) in done:
            continue
        if start is None:
            yield Row(**{**asdict(scratch), "start": "suggestion"})
        else:
            yield _row(zoo, target, "suggestion", name, start, split, settings)


def _row(
    zoo: str, target: Target, start: str, parent: str, begin: Snapshot, split: object, settings: Settings
) -> Row:
    tuned = tune(begin, split, settings)  # type: ignore[arg-type]
    if tuned.interrupted:
        raise KeyboardInterrupt
    return Row(
        zoo, target.name, start, parent, str(begin.architecture), begin.sample_rate, settings.seed,
        tuned.epochs, round(tuned.scores.esr, 6), round(tuned.scores.emphasised_esr, 6),
    )  # fmt: skip


def read_rows() -> list[Row]:
    """What is in the file."""
    if not ROWS.exists():
        return []
    kinds = {field.name: {"int": int, "float": float}.get(str(field.type), str) for field in fields(Row)}
    with ROWS.open(newline="") as file:
        return [
            Row(**{key: kinds[key](value) for key, value in line.items()}) for line in csv.DictReader(file)
        ]


def write_rows(rows: Sequence[Row]) -> None:
    """Put the rows into the file, in one go."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Row)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in rows)
    write_atomically(ROWS, text.getvalue().encode())


def table(rows: Sequence[Row]) -> str:
    """Markdown: a line for each zoo and target over the seeds that have both starts, then the verdicts."""
    lines = [
        "| zoo | target | first suggestion | seeds | its test ESR | scratch's | gain |",
        "|---|---|---|---|---|---|---|",
    ]
    verdicts = []
    for zoo in dict.fromkeys(row.zoo for row in rows):
        gains, seeds = [], set[int]()
        for target in dict.fromkeys(row.target for row in rows if row.zoo == zoo):
            found = {row.key: row for row in rows if (row.zoo, row.target) == (zoo, target)}
            pairs = [
                (found[zoo, target, "suggestion", s], found[zoo, target, SCRATCH, s])
                for s in SEEDS
                if (zoo, target, "suggestion", s) in found and (zoo, target, SCRATCH, s) in found
            ]
            if not pairs:
                continue
            seeds.add(len(pairs))
            tuned, scratch = ([pair[side].test_esr for pair in pairs] for side in (0, 1))
            gains.append(float(np.mean([to_db(b / a) for a, b in zip(tuned, scratch, strict=True)])))
            lines.append(
                f"| {zoo} | {target} | {pairs[0][0].parent} ({pairs[0][0].architecture}) "
                f"| {len(pairs)} | {np.mean(tuned):.4f} | {np.mean(scratch):.4f} | {gains[-1]:+.1f} dB |"
            )
        if gains:
            median, worst = float(np.median(gains)), min(gains)
            counted = " or ".join(map(str, sorted(seeds)))
            verdicts.append(
                f"{zoo}, {len(gains)} targets, {counted} seeds: median {median:+.1f} dB (goal {WINS:+.1f}: "
                f"{'met' if median >= WINS else 'missed'}), worst {worst:+.1f} dB (goal {LOSES:+.1f}: "
                f"{'met' if worst >= LOSES else 'missed'})"
            )
    return "\n".join([*lines, "", *verdicts, ""])


def main() -> int:
    """Parse, train, say."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, nargs="?", help="the folder of TONEZOO_DATA")
    parser.add_argument("--models", action="store_true", help="add the models of DATA/models to the zoo")
    parser.add_argument("--only", default="*", help="targets whose names fit this pattern")
    parser.add_argument(
        "--seeds", type=int, default=len(SEEDS), choices=range(1, len(SEEDS) + 1), help="how many"
    )
    parser.add_argument("--table", action="store_true", help="train nothing")
    arguments = parser.parse_args()
    if not arguments.table and arguments.data is None:
        parser.error("DATA is missing")
    try:
        if not arguments.table:
            zoo = "models" if arguments.models else "starter"
            run(arguments.data, zoo, arguments.only, SEEDS[: arguments.seeds])
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; the finished trainings stay, and the same command goes on\n")
        return 130
    sys.stdout.write(table(read_rows()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
