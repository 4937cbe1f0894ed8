"""What the starter zoo's first suggestion is worth on real devices; one line a training, and a table.

    python manifests/starter_evidence.py DATA                  with the starter zoo alone
    python manifests/starter_evidence.py DATA --models         with the models of DATA/models too
    python manifests/starter_evidence.py DATA --renew          ask the recommender again, train what changed
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
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from fnmatch import fnmatch
from pathlib import Path

import torch
from evidence_material import Playing, is_barred, targets
from evidence_rows import NOBODY, SCRATCH, SEEDS, Row, read_rows, table, write_rows

from recommender.suggest import suggest
from registry import Filter, Registry
from training.distil import from_scratch
from training.settings import Settings
from training.start import DEFAULT_ARCHITECTURE
from training.tune import tune
from zoo.api import import_models, open_registry
from zoo.api.home import STARTER
from zoo.evaluating.job import is_kin
from zoo.evaluating.targets import RATE, Target
from zoo.snapshot import Snapshot
from zoo.suggesting import library_of
from zoo.suggesting.workbench import Workbench

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "build" / "evidence"
EPOCHS, PATIENCE = 40, 8
RECURRENT = ("proteus", "neuralpi", "neuralpi-plugin", "mod-lstm", "automated-gam", "boss-six-architectures")


def run(data: Path, zoo: str, only: str, seeds: Sequence[int] = SEEDS, *, renew: bool = False) -> None:
    """Train what is not in the file yet; to ``renew``, what another suggestion than now began is not."""
    torch.set_num_threads(1)
    rows = read_rows()
    playing = Playing(KEPT / "targets")
    with _registry(data, zoo) as registry:
        for target in targets(data):
            if not fnmatch(target.name, only) or (_complete(rows, zoo, target, seeds) and not renew):
                continue
            start, *parent = _suggested(registry, target, playing)
            rows = list(_still_true(rows, zoo, target, start, parent))
            for row in _trainings(rows, zoo, target, playing, start, parent, seeds):
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
        shipped = {folder.name for folder in (STARTER / "models").iterdir()}
        built_before = [m.id for m in registry.list() if m.device.make == "tonezoo" and m.id not in shipped]
        registry.remove(built_before)
        yield registry


def _complete(rows: Sequence[Row], zoo: str, target: Target, seeds: Sequence[int]) -> bool:
    done = {row.key for row in rows}
    return all((zoo, target.name, start, seed) in done for start in ("suggestion", SCRATCH) for seed in seeds)


def _still_true(
    rows: Sequence[Row], zoo: str, target: Target, start: Snapshot | None, parent: Sequence[str]
) -> Iterator[Row]:
    """All rows but those of this zoo and target that another suggestion, or another network, began."""
    network = (str(start.architecture), start.sample_rate) if start else (str(DEFAULT_ARCHITECTURE), RATE)
    for row in rows:
        now = (*(parent if row.start == "suggestion" else NOBODY), *network)
        begun = (row.parent, row.parent_id, row.architecture, row.sample_rate)
        if (row.zoo, row.target) != (zoo, target.name) or begun == now:
            yield row


def _suggested(registry: Registry, target: Target, playing: Playing) -> tuple[Snapshot | None, str, str]:
    """Where a training starts that leaves the choice to the recommender, and the parent's name and id."""
    parents = [
        model
        for model in registry.list(Filter(arch="LSTM"))
        if not is_barred(target, model.name, is_kin(target, model, registry))
    ]
    heard = playing.heard(target, RATE)
    bench = Workbench(heard)
    suggestion = suggest(heard, library_of(registry, parents), 1, bench.halving())
    first = registry.find(suggestion.parents[0].id).name if suggestion.parents else None
    sys.stderr.write(f"{target.name}: {suggestion.advice or 'start from a parent'}; first of all {first}\n")
    if first is None or suggestion.advice == "train from scratch":
        return None, *NOBODY
    chosen = suggestion.parents[0].id
    return bench.usable.get(chosen) or registry.load(chosen), first, chosen[:12]


def _trainings(
    rows: Sequence[Row],
    zoo: str,
    target: Target,
    playing: Playing,
    start: Snapshot | None,
    parent: Sequence[str],
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
            else _row(zoo, target, SCRATCH, NOBODY, from_scratch(architecture, rate, seed), split, settings)
        )
        if scratch.key not in done:
            yield scratch
        if (zoo, target.name, "suggestion", seed) in done:
            continue
        if start is None:
            yield Row(**{**asdict(scratch), "start": "suggestion"})
        else:
            yield _row(zoo, target, "suggestion", parent, start, split, settings)


def _row(
    zoo: str,
    target: Target,
    start: str,
    parent: Sequence[str],
    begin: Snapshot,
    split: object,
    settings: Settings,
) -> Row:
    tuned = tune(begin, split, settings)  # type: ignore[arg-type]
    if tuned.interrupted:
        raise KeyboardInterrupt
    return Row(
        zoo, target.name, start, *parent, str(begin.architecture), begin.sample_rate, settings.seed,
        tuned.epochs, round(tuned.scores.esr, 6), round(tuned.scores.emphasised_esr, 6),
    )  # fmt: skip


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
    parser.add_argument("--renew", action="store_true", help="drop what another suggestion than now began")
    parser.add_argument("--table", action="store_true", help="train nothing")
    arguments = parser.parse_args()
    if not arguments.table and arguments.data is None:
        parser.error("DATA is missing")
    try:
        if not arguments.table:
            zoo = "models" if arguments.models else "starter"
            run(arguments.data, zoo, arguments.only, SEEDS[: arguments.seeds], renew=arguments.renew)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; the finished trainings stay, and the same command goes on\n")
        return 130
    sys.stdout.write(table(read_rows()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
