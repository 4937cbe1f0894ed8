"""What the records of parents are worth to a suggestion from sound alone, from the committed matrix.

    python manifests/judge_records.py

A record is how much better a parent ended on other devices than it is built, see `recommender.forecast`. For
the whole zoo and for parts of it: regret@1, regret@5 and weighted tau without records and with them, each
target's family left out of everything. Then the gain at the first place, with the interval of resampled
families, and what the nearest parent would end at where a model of the device itself is in the zoo.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from build_forecast import families_left_out, read_oracle, starter_ids, truth_of, without_starters

from recommender.evaluation.matrix import SCRATCH
from recommender.evaluation.measures import order_of, regret, weighted_tau
from recommender.evaluation.replay import suggested_by_sound
from recommender.evaluation.summary import interval
from recommender.evaluation.tried import Asked, Row
from recommender.forecast import Forecast


@dataclass(frozen=True)
class Ranked:
    """One target: the regret of the first, that of the first five, and the weighted tau."""

    first: float
    five: float
    tau: float


def main() -> None:
    """See the module."""
    cells, rows, targets = read_oracle()
    truth = truth_of(cells)
    lessons = without_starters(targets)
    ways = [families_left_out(lessons, ()), families_left_out(lessons, targets)]
    _say(f"{'parents':28s} {'without records':>24s} {'with them':>24s}")
    for name, keep in parts(targets, ways[1]).items():
        some = [one for one in (part(one, keep) for one in targets) if len(one.truth_db) > 1]
        _say(f"{name:28s} " + " ".join(_means([rank(o, unseen[o.family]) for o in some]) for unseen in ways))
    before, after = ([rank(one, unseen[one.family]).first for one in targets] for unseen in ways)
    gains = np.subtract(before, after)
    low, high = interval(gains, [one.family for one in targets])
    better = int(np.sum(gains > 0.0))
    _say(f"gain {gains.mean():.2f} dB ({low:.2f} to {high:.2f}), better on {better} of {len(gains)} targets")
    for one in targets:
        _own_kin(one, [row for row in rows if row.target == one.target], truth, ways[1][one.family])


def parts(targets: Sequence[Asked], unseen: Mapping[str, Forecast]) -> dict[str, Callable[[str], bool]]:
    """Which parents a smaller zoo has, by its name."""
    starters = starter_ids()
    firsts = [next(iter(suggested_by_sound(one, unseen[one.family]))) for one in targets]
    leader = max(sorted(set(firsts)), key=firsts.count)
    return {
        "all": bool,
        "the starters": lambda parent: parent in starters,
        "all but the starters": lambda parent: parent not in starters,
        f"all but {leader[:12]}": lambda parent: parent != leader,
        "ids that are even": lambda parent: int(parent[:8], 16) % 2 == 0,
        "ids that are odd": lambda parent: int(parent[:8], 16) % 2 == 1,
    }


def part(one: Asked, keep: Callable[[str], bool]) -> Asked:
    """The same target asked in a smaller zoo."""
    rows = tuple(row for row in one.rows if keep(row.parent))
    return replace(one, rows=rows, truth_db={p: db for p, db in one.truth_db.items() if keep(p)})


def rank(one: Asked, lines: Forecast) -> Ranked:
    """How a suggestion from sound alone does on a target."""
    order = suggested_by_sound(one, lines)
    parents = sorted(one.truth_db)
    truth = np.array([one.truth_db[parent] for parent in parents])
    last = float(len(order))  # of those that are too many of a family
    scores = np.array([order.get(parent, last) for parent in parents])
    ranks = order_of(scores)
    return Ranked(regret(truth, ranks, 1), regret(truth, ranks, 5), weighted_tau(truth, scores))


def _own_kin(
    one: Asked, rows: Sequence[Row], truth: Mapping[tuple[str, str], float], lines: Forecast
) -> None:
    """Where the nearest of all is the device's own kin: what it and the first suggestion end at."""
    known = [row for row in rows if row.parent != SCRATCH and (one.target, row.parent) in truth]
    nearest = min(known, key=lambda row: row.wet_distance)
    if nearest.kin:
        whole = replace(one, rows=tuple(known))
        first = next(iter(suggested_by_sound(whole, lines)))
        best = min(truth[one.target, row.parent] for row in known)
        ends = (truth[one.target, parent] - best for parent in (first, nearest.parent))
        _say(f"{one.target:28s} first {next(ends):6.2f}, its own kin, the nearest, {next(ends):6.2f}")


def _means(of: Sequence[Ranked]) -> str:
    first, five, tau = (np.mean([getattr(one, name) for one in of]) for name in ("first", "five", "tau"))
    return f"{first:10.2f} {five:6.2f} {tau:6.2f}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
