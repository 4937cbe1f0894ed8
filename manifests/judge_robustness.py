"""What level, noise and another player change in a suggestion, on real models: the goals of robustness.

    TONEZOO_DATA=../shared/data python manifests/judge_robustness.py [--tuned] [--target NAME ...]

The zoo must hold the parents of ``manifests/oracle``. For each target the recommender is asked with its 10 s
as they are; 12 dB louder and softer, which must change none of the first five; with noise 60 dB below, which
may cost 0.2 dB of regret by the matrix; and with other playing, which should leave four of the first five.
Parents of the target's family are left out. By fitted heads (as ``--quick``), or ``--tuned`` in full.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from build_forecast import SECONDS, read_oracle
from threadpoolctl import threadpool_limits

from recommender.evaluation.tried import Asked
from recommender.library import Library
from recommender.suggest_paired import tried_in_order
from zoo.api import open_registry
from zoo.capture import Capture, Take
from zoo.evaluating.material import Material
from zoo.evaluating.targets import RATE, Target, suite
from zoo.suggesting import library_of
from zoo.suggesting.workbench import Workbench
from zoo.upkeep import update_fingerprints

TARGETS = (
    "jcm900", "boss-ds1", "klon-clone", "circuit-orange", "5152", "twin-reverb", "hm2", "boss-bd2"
)  # fmt: skip
LEVEL_DB, NOISE_DB, FIRST = 12.0, -60.0, 5


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tuned", action="store_true")
    parser.add_argument("--target", nargs="*", default=TARGETS)
    given = parser.parse_args()
    torch.set_num_threads(1)
    _, _, targets = read_oracle()
    chosen = [one for one in targets if one.target in given.target]
    rows = []
    with open_registry(remark=_say) as registry, TemporaryDirectory() as folder:
        update_fingerprints(registry)
        material = Material(Path(folder))
        for one in chosen:
            library = library_of(registry, [registry.find(row.parent) for row in one.rows])
            rows.append(judge(one, material, library, tuned=given.tuned))
            level, kept, cost = rows[-1]
            _say(f"{one.target:18s} level {level:.0%}, other playing {kept:.0%}, noise {cost:+.2f} dB")
    level, kept, cost = np.mean(rows, axis=0)
    _say(f"{len(rows)} targets: level keeps {level:.0%} of the first {FIRST}, other playing {kept:.0%}; "
         f"noise costs {cost:+.2f} dB")  # fmt: skip


def judge(one: Asked, material: Material, library: Library, *, tuned: bool) -> tuple[float, float, float]:
    """What of the first five is left at another level, with other playing; what noise costs, in dB."""

    def order(capture: Capture) -> list[str]:
        halving = Workbench(capture).halving() if tuned else None
        with threadpool_limits(1, user_api="blas"):
            return [tried.id for tried in tried_in_order(capture, library, halving)]

    (target,) = suite([one.target])
    heard = material.heard(target, RATE, SECONDS)
    plain = order(heard)
    louder = [order(replace(heard, wet=_scaled(heard.wet, gain_db))) for gain_db in (LEVEL_DB, -LEVEL_DB)]
    rng = np.random.Generator(np.random.PCG64(0))
    noise = 10.0 ** (NOISE_DB / 20.0) * np.std(heard.wet) * rng.standard_normal(heard.wet.size)
    noisy = order(replace(heard, wet=(heard.wet + noise).astype(np.float32)))
    other = order(_other_playing(material, target))
    cost = one.truth_db[noisy[0]] - one.truth_db[plain[0]]
    return min(_kept(plain, found) for found in louder), _kept(plain, other), cost


def _scaled(wet: np.ndarray, gain_db: float) -> np.ndarray:
    return wet * np.float32(10.0 ** (gain_db / 20.0))


def _kept(plain: list[str], found: list[str]) -> float:
    return len(set(plain[:FIRST]) & set(found[:FIRST])) / FIRST


def _other_playing(material: Material, target: Target) -> Capture:
    """What is for the test elsewhere: another recording."""
    ((dry,), (wet,)) = (getattr(material.split(target, RATE, SECONDS).test, side) for side in ("dry", "wet"))
    return Capture(wet, dry, RATE, target.name, (Take("other", 0, wet.size),))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
