"""What ``zoo suggest`` would try with every parent on every target of the oracle matrix, as rows.

    TONEZOO_DATA=../shared/data python manifests/try_parents.py FOLDER [--target NAME ...]

The zoo must hold the parents, and FOLDER is where ``zoo evaluate`` keeps its targets. Each parent's distances
from the capture, its fitted head and a pass of tuning are measured for all; four and eight passes for the
most promising, as the shipped forecast has it. A target at a time is added to ``evidence.csv`` in FOLDER; the
same command goes on after an interruption, and tries only what is new after the zoo has grown. Copied to
``manifests/oracle``, it is what ``build_forecast.py`` learns from.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from build_forecast import ORACLE, SECONDS
from threadpoolctl import threadpool_limits

from recommender.evaluation.matrix import SCRATCH, place, read_csv, to_csv
from recommender.evaluation.tried import Row
from recommender.evidence import Evidence
from recommender.excerpt import excerpt
from recommender.forecast import expected_db, forecast
from recommender.halving import ROUNDS, Moment, Start
from recommender.index import Kind, ids_of
from recommender.library import Library
from recommender.listening import at_common_rate, shortened
from recommender.paired import analyse_dry, paired_features
from recommender.render_score import try_all_coarsely, try_coarsely
from recommender.scratch import untrained
from recommender.space import space
from recommender.suggest_paired import BRIEF_SECONDS
from recommender.tunability import UNKNOWN, build_of
from recommender.vectors import wet_query
from registry import Manifest, Registry
from zoo.api import open_registry
from zoo.capture import Capture
from zoo.evaluating.job import is_kin
from zoo.evaluating.material import Material
from zoo.evaluating.report import chosen_parents
from zoo.evaluating.targets import RATE, Target, suite
from zoo.files import write_atomically
from zoo.suggesting import family_of, library_of
from zoo.suggesting.workbench import Workbench
from zoo.upkeep import update_fingerprints

LONGEST = ROUNDS[-1].effort.epochs
LONGER = 16  # parents that are tuned for four passes and eight: more than any suggestion asks for
EVIDENCE = "evidence.csv"
NAN = float("nan")


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--target", nargs="*", default=(), help="names; all of manifests/oracle by default")
    given = parser.parse_args()
    torch.set_num_threads(1)
    path = given.folder / EVIDENCE
    rows = read_csv(path, Row) if path.exists() else []
    names = given.target or sorted({row.target for row in read_csv(ORACLE / EVIDENCE, Row)})
    material = Material(given.folder / "targets")
    with open_registry(remark=_say) as registry:
        update_fingerprints(registry)
        parents = chosen_parents(registry, ())
        wanted = {SCRATCH, *(parent.id for parent in parents)}
        for target in suite(names):
            before = {row.parent: row for row in rows if row.target == target.name}
            if set(before) == wanted:
                continue
            with threadpool_limits(1, user_api="blas"):
                own = _tried(target, material.heard(target, RATE, SECONDS), parents, before, registry)
            rows = sorted([*(r for r in rows if r.target != target.name), *own], key=place)
            write_atomically(path, to_csv(rows, Row))
            _say(f"{target.name}: {len(own)} rows")


def _tried(
    target: Target,
    heard: Capture,
    parents: Sequence[Manifest],
    before: Mapping[str, Row],
    registry: Registry,
) -> list[Row]:
    """The rows of one target: parents, kin or not, and scratch; what ``before`` says is not tried again."""
    library = library_of(registry, parents)
    near, near_by_sound = _distances(heard, library)
    brief = excerpt(heard, BRIEF_SECONDS)
    floor = try_coarsely("", untrained(), brief).fit.error
    heads = {t.id: t for t in try_all_coarsely([parent.id for parent in parents], library.load, brief)}
    known = {
        i: Evidence(build_of(library.load(i)), near[i], head.fit.error, floor) for i, head in heads.items()
    }
    starts = [Start(i, library.load(i), head.knob) for i, head in heads.items()]
    moments = _tuned(heard, starts, known, {i: row.evidence(LONGEST).moments for i, row in before.items()})
    made = []
    for parent in parents:
        i, build = parent.id, known[parent.id].build
        made.append(
            Row(
                target.name, i, is_kin(target, parent, registry), family_of(parent, registry),
                near[i], near_by_sound[i], heads[i].fit.error, floor,
                build.size, build.recurrence, build.input, *_errors(moments[i]),
            )
        )  # fmt: skip
    lone = (UNKNOWN.size, UNKNOWN.recurrence, UNKNOWN.input)
    alone = Row(target.name, SCRATCH, False, "", NAN, NAN, NAN, floor, *lone, *_errors(moments[SCRATCH]))
    return [*made, alone]


def _distances(heard: Capture, library: Library) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """From the capture to every parent, with its dry side and by its wet side alone."""
    brief = shortened(heard)
    assert brief.dry is not None
    point = space("paired").project(paired_features(analyse_dry(brief.dry, heard.sample_rate), brief.wet))
    wet_only = at_common_rate(replace(heard, dry=None))
    by_sound = wet_query(shortened(wet_only).wet, wet_only.sample_rate)
    digests = list(library.candidates)
    ids = ids_of(digests)
    by_id, allowed = dict(zip(ids.tolist(), digests, strict=True)), library.index.select(ids)
    kinds: tuple[Kind, Kind] = ("paired", "wet")
    paired, wet = (
        {by_id[i]: distance for i, distance in library.index.search(kind, query, len(digests), allowed)}
        for kind, query in zip(kinds, (point, by_sound), strict=True)
    )
    return paired, wet


def _tuned(
    heard: Capture,
    starts: Sequence[Start],
    known: Mapping[str, Evidence],
    before: Mapping[str, tuple[Moment, ...]],
) -> Mapping[str, tuple[Moment, ...]]:
    """The moments of each, by id, the shortest first; scratch goes all the way."""
    bench = Workbench(heard)
    moments: dict[str, tuple[Moment, ...]] = dict.fromkeys([SCRATCH, *(start.id for start in starts)], ())
    alone, left = Start(SCRATCH, bench.halving().scratch), list(starts)
    for number, each in enumerate(ROUNDS):
        told = {i: made[number] for i, made in before.items() if not np.isnan(made[number].esr)}
        new = [start for start in [*left, alone] if start.id not in told]
        made = told | {
            start.id: moment for start, moment in zip(new, bench.tune(new, each.effort), strict=True)
        }
        for start in [*left, alone]:
            moments[start.id] = (*moments[start.id], made[start.id])
        left.sort(key=lambda s: expected_db(replace(known[s.id], moments=moments[s.id]), forecast()))
        left = left[:LONGER]
    return moments


def _errors(moments: Sequence[Moment]) -> list[float]:
    """One for each round; NaN where there was none."""
    return [*(moment.esr for moment in moments), *[NAN] * (len(ROUNDS) - len(moments))]


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    main()
