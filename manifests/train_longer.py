"""The oracle matrix with 30 s of material, for some targets and parents: does what 10 s have shown hold?

    TONEZOO_DATA=../shared/data python manifests/train_longer.py FOLDER [--parents 14] [--target NAME ...]

The zoo must hold the parents of ``manifests/oracle``. For each target the recommender is asked with 30 s, by
a forecast that has not seen the target's family, without parents of that family. Trained are scratch, its
first suggestions, the first by sound alone, those that are best at 10 s, the one that has the least
validation loss there, and others drawn by lot; as ``zoo evaluate`` does it, with one seed. FOLDER can be
taken up again after any interruption; its ``matrix.csv`` and ``predictions.csv`` are those of
``manifests/oracle-30s``, which ``judge_longer.py`` reads.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

import torch
from build_forecast import families_left_out, read_oracle, without_starters
from threadpoolctl import threadpool_limits

from recommender.evaluation.matrix import Cell, Prediction, place, read_csv, to_csv
from recommender.evaluation.tried import Asked
from recommender.forecast import Forecast, forecasting_with
from recommender.suggest_paired import tried_in_order
from registry import Registry
from zoo.api import open_registry
from zoo.evaluating.job import CELLS, MATRIX, PREDICTIONS, Listeners, Plan, train_matrix
from zoo.evaluating.log import alone_in, claim, read_cells
from zoo.evaluating.material import Material
from zoo.evaluating.rankings import SUGGEST, WET, by_sound
from zoo.evaluating.targets import RATE, suite
from zoo.files import write_atomically
from zoo.suggesting import library_of
from zoo.suggesting.workbench import Workbench
from zoo.upkeep import update_fingerprints

LONGER = 30.0
# Chosen before any was trained: all kinds, no family twice; of the recordings the longest, which has 17 s.
TARGETS = (
    "jcm900", "circuit-american", "boss-ds1", "klon-clone", "circuit-orange", "5152", "twin-reverb",
    "circuit-silicon-fuzz", "hm2", "magnatone",
)  # fmt: skip
SUGGESTED, BEST = 3, 4


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--parents", type=int, default=14, help="of each target")
    parser.add_argument("--target", nargs="*", default=TARGETS)
    given = parser.parse_args()
    torch.set_num_threads(1)
    cells, _, targets = read_oracle()
    unseen = families_left_out(without_starters(targets), targets)
    with open_registry(remark=_say) as registry:
        update_fingerprints(registry)
        claim(given.folder, Plan((), ()).settings(0))
        with alone_in(given.folder):
            for name in given.target:
                one = next(t for t in targets if t.target == name)
                said = _ask(one, unseen[one.family], registry, given.folder)
                chosen = _chosen(one, said, cells, given.parents)
                if not _train(one, chosen, registry, given.folder):
                    break


def _ask(one: Asked, unseen: Forecast, registry: Registry, folder: Path) -> list[Prediction]:
    """How the recommender ranks all parents, with and without the dry side; kept in the folder."""
    path = folder / PREDICTIONS
    known = read_csv(path, Prediction) if path.exists() else []
    own = [p for p in known if p.target == one.target]
    if own:
        return own
    (target,) = suite([one.target])
    parents = [registry.find(row.parent) for row in one.rows]
    heard = Material(folder / "targets").heard(target, RATE, LONGER)
    with forecasting_with(unseen), threadpool_limits(1, user_api="blas"):
        tried = tried_in_order(heard, library_of(registry, parents), Workbench(heard).halving())
        heard_alone = by_sound(heard, parents, registry)
    own = [Prediction(one.target, LONGER, SUGGEST, True, t.id, t.expected_db) for t in tried]
    own += [Prediction(one.target, LONGER, WET, True, p, float(place)) for place, p in enumerate(heard_alone)]
    write_atomically(path, to_csv([*known, *own], Prediction))
    return own


def _chosen(one: Asked, said: Sequence[Prediction], cells: Iterable[Cell], count: int) -> list[str]:
    ways = {way: [p.parent for p in said if p.predictor == way] for way in (SUGGEST, WET)}
    best = sorted(one.truth_db, key=lambda parent: one.truth_db[parent])
    losses = {c.parent: c.best_loss for c in cells if c.target == one.target and c.seed == 0}
    safest = min(one.truth_db, key=lambda parent: losses[parent])
    lot = sorted(one.truth_db, key=lambda parent: sha256(f"{one.target} {parent}".encode()).digest())
    chosen = [*ways[SUGGEST][:SUGGESTED], ways[WET][0], *best[:BEST], safest, *lot]
    return list(dict.fromkeys(chosen))[:count]


def _train(one: Asked, chosen: Sequence[str], registry: Registry, folder: Path) -> bool:
    """Whether all of it is done; the folder's matrix has all trainings so far."""
    plan = Plan(
        tuple(suite([one.target])), tuple(registry.find(i) for i in chosen), seeds=1, amounts=(LONGER,)
    )
    made, interrupted = train_matrix(plan, folder, registry, Listeners(remark=_say))
    _say(f"{one.target}: {len(made)} of {len(chosen) + 1} trainings")
    cells = read_cells(folder / CELLS, _say).values()
    write_atomically(folder / MATRIX, to_csv(sorted(cells, key=place), Cell))
    return not interrupted


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    main()
