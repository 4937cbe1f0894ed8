"""The capture beside a parent on the very same playing: how they differ, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from recommender.excerpt import Excerpt
from recommender.paired import analyse_dry, paired_features
from recommender.reasons import reasons
from recommender.render_score import Trial, knobs_at
from recommender.traits import Traits, paired_traits
from zoo.engine import processors, render
from zoo.snapshot import Snapshot


def compared(
    trials: Sequence[Trial], load: Callable[[str], Snapshot], full: Excerpt
) -> list[tuple[str, ...]]:
    """What sets the capture apart from each parent, as it is at the input gain that its trial found best."""
    dry = analyse_dry(full.dry, full.sample_rate)
    target = paired_traits(paired_features(dry, full.wet))

    def traits(trial: Trial) -> Traits:
        snapshot = load(trial.id)
        louder = full.dry * np.float32(10.0 ** (trial.gain_db / 20.0))
        played = render(snapshot, louder, knobs=knobs_at(snapshot, trial.knob))
        return paired_traits(paired_features(dry, played))

    with ThreadPoolExecutor(processors()) as pool:
        return [reasons(target, parent) for parent in pool.map(traits, trials)]
