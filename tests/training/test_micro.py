"""A micro-tune gets far in one pass, for each parent by itself, and always to the same place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from training.data import Part, Split
from training.distil import from_scratch
from training.micro import MicroSettings, MicroTuned, micro_tune
from training.settings import Settings
from training.trainer import part_loss
from zoo.architecture import Activation, LayerArray, Recurrent, WaveNet
from zoo.errors import BadRequest
from zoo.snapshot import Snapshot

RATE = 8_000
LSTM = Recurrent("LSTM", 6, residual=True)
SETTINGS = MicroSettings(tbptt=48)  # as many updates as ten seconds at 44.1 kHz have


def playing(seed: int, seconds: int) -> Part:
    """Noise of changing level through a soft clipper behind a one-pole low-pass."""
    rng = np.random.default_rng(seed)
    dry = rng.standard_normal(seconds * RATE) * np.repeat(rng.uniform(0.05, 0.5, 10 * seconds), RATE // 10)
    wet, level = np.zeros_like(dry), 0.0
    for n, x in enumerate(dry):
        level = 0.6 * level + 0.4 * x
        wet[n] = np.tanh(3 * level)
    return Part((dry.astype(np.float32),), (wet.astype(np.float32),))


@pytest.fixture(scope="module")
def split() -> Split:
    return Split(playing(0, 5), playing(1, 2), playing(2, 1), RATE)


@pytest.fixture(scope="module")
def parents() -> list[Snapshot]:
    return [from_scratch(LSTM, RATE, seed) for seed in range(5)]


@pytest.fixture(scope="module")
def tuned(parents: list[Snapshot], split: Split) -> list[MicroTuned]:
    return micro_tune(parents, split, SETTINGS, threads=2)


def test_one_pass_gets_far(parents, split, tuned):
    for parent, micro in zip(parents, tuned, strict=True):
        assert micro.validation < 0.8 * part_loss(parent, split.validation, Settings())


def test_the_loss_is_that_of_the_snapshot_as_the_engine_plays_it(split, tuned):
    for micro in tuned:
        assert micro.validation == pytest.approx(part_loss(micro.snapshot, split.validation, Settings()))


@pytest.mark.parametrize("threads", [1, 3])
def test_neither_threads_nor_company_change_the_result(threads, parents, split, tuned):
    assert [m.snapshot for m in micro_tune(parents[::-1], split, SETTINGS, threads=threads)][::-1] == [
        m.snapshot for m in tuned
    ]


def test_the_threads_of_pytorch_are_left_alone(parents, split):
    before = torch.get_num_threads()
    micro_tune(parents[:2], split)
    assert torch.get_num_threads() == before


def test_progress_is_heard_parent_after_parent(parents, split):
    heard: list[int] = []
    micro_tune(parents[:3], split, on_done=heard.append)
    assert heard == [1, 2, 3]


def test_gains_around_the_network_are_tuned_through(parents, split):
    gained = replace(parents[0], input_gain_db=3.0, output_gain_db=-3.0)
    [micro] = micro_tune([gained], split, SETTINGS)
    assert micro.snapshot.input_gain_db == 3.0
    assert micro.validation < 0.8 * part_loss(gained, split.validation, Settings())


def test_a_model_that_bursts_counts_as_infinitely_bad_and_stays_what_it_was(parents, split):
    [micro] = micro_tune(parents[:1], split, MicroSettings(learning_rate=1e38))
    assert micro.validation == float("inf")
    assert micro.snapshot == parents[0]


def test_a_wavenet_is_tuned_too(split):
    array = LayerArray(1, 3, 1, 1, True, (3, 3), (1, 8), (Activation("Tanh"),) * 2)
    wavenet = from_scratch(WaveNet((array,)), RATE, 0)
    [micro] = micro_tune([wavenet], split)
    assert micro.validation < part_loss(wavenet, split.validation, Settings())


def test_knobs_must_be_set_first(split):
    with pytest.raises(BadRequest, match="has knobs; set them"):
        micro_tune([from_scratch(Recurrent("LSTM", 4, input_size=2), RATE, 0)], split)


def test_no_parents_make_no_children(split):
    assert micro_tune([], split) == []
