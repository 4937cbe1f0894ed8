"""Updates without a graph move the weights as autograd and PyTorch's Adam do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from training import native, trainer
from training.data import Part, Split
from training.distil import from_scratch
from training.loss import WeightedLoss
from training.modules import RecurrentModule
from training.settings import Settings
from training.trainer import Trainer
from training.updates import Moments, UpdateSettings, has_native_updates, native_updates
from zoo.architecture import Recurrent
from zoo.engine import simd_paths
from zoo.snapshot import Snapshot

SETTINGS = Settings(segment=900, batch=13, warm_up=50, tbptt=200, learning_rate=3e-3)


def split() -> Split:
    rng = np.random.default_rng(0)
    dry = (0.3 * rng.standard_normal(26 * 900)).astype(np.float32)
    part = Part((dry,), (np.tanh(3 * dry),))
    return Split(part, part, part, 44_100)


def two_trainers(architecture: Recurrent, settings: Settings) -> tuple[Trainer, Trainer]:
    start = from_scratch(architecture, 44_100, 0)
    return Trainer(start, split(), settings), Trainer(start, split(), settings)


@pytest.mark.parametrize("simd", simd_paths())
@pytest.mark.parametrize(
    ("architecture", "settings"),
    [
        (Recurrent("LSTM", 12, residual=True), SETTINGS),
        (Recurrent("LSTM", 5), replace(SETTINGS, averaging=0.0, clip_norm=1e9, weight_decay=0.1)),
        (Recurrent("GRU", 9, residual=True), replace(SETTINGS, warm_up=0, tbptt=1000, clip_norm=0.01)),
        (Recurrent("LSTM", 8), replace(SETTINGS, tbptt=1, segment=60, loss=WeightedLoss(esr=1.0, dc=2.0))),
    ],
    ids=str,
)
def test_an_epoch_is_that_of_autograd_and_adam(architecture, settings, simd, monkeypatch):
    monkeypatch.setattr(native, "native_simd", lambda: simd)
    mine, oracle = two_trainers(architecture, settings)
    loss = mine.train_epoch()
    monkeypatch.setattr(trainer, "has_native_updates", lambda *_: False)
    assert loss == pytest.approx(oracle.train_epoch(), rel=2e-3)
    for got, expected in zip(mine.module.parameters(), oracle.module.parameters(), strict=True):
        assert (got - expected).norm() < 2e-2 * (expected - 0).norm()
    for name in ("exp_avg", "exp_avg_sq") + (("average",) if settings.averaging else ()):
        for got, expected in zip(mine.module.parameters(), oracle.module.parameters(), strict=True):
            got, expected = mine.optimizer.state[got][name], oracle.optimizer.state[expected][name]
            assert (got - expected).norm() < 5e-2 * expected.norm() + 1e-9, name


def test_the_first_update_is_adams_to_the_last_digits():
    mine, oracle = two_trainers(Recurrent("LSTM", 12, residual=True), SETTINGS)
    x, y = next(iter(mine.segments.epoch(torch.Generator().manual_seed(0))))
    x, y = x[:250], y[:250]
    assert mine._train_natively(x, y) == pytest.approx(oracle._train_by_autograd(x, y), rel=1e-5)
    for got, expected in zip(mine.module.parameters(), oracle.module.parameters(), strict=True):
        torch.testing.assert_close(got, expected, rtol=0, atol=2e-5)
    assert mine.optimizer.moments().updates == oracle.optimizer.moments().updates == 1


def test_training_goes_over_to_autograd_and_back_without_a_seam(monkeypatch):
    mine, oracle = two_trainers(Recurrent("LSTM", 6), SETTINGS)
    mine.train_epoch()
    oracle.train_epoch()
    monkeypatch.setattr(trainer, "has_native_updates", lambda *_: False)
    mine.train_epoch()
    monkeypatch.undo()
    oracle.train_epoch()
    for got, expected in zip(mine.module.parameters(), oracle.module.parameters(), strict=True):
        assert (got - expected).norm() < 2e-2 * expected.norm()


def test_knob_inputs_are_trained_too():
    torch.manual_seed(0)
    module = RecurrentModule(Recurrent("LSTM", 4, input_size=3), "native")
    before = module.rec.weight_ih_l0.detach().clone()
    zeros = [torch.zeros_like(p) for p in module.parameters()]
    moments = Moments(zeros, [z.clone() for z in zeros])
    x, settings = torch.randn(100, 5, 3), UpdateSettings(10, 45, WeightedLoss())
    losses = native_updates(module, moments, x, torch.randn(100, 5), [1e-2, 1e-2], settings)
    assert losses.shape == (2,)
    assert bool((module.rec.weight_ih_l0 - before).abs().min(dim=0).values.gt(0).all())


def test_weights_that_leave_the_numbers_are_seen_and_not_hidden():
    module = RecurrentModule(Recurrent("LSTM", 4), "native")
    zeros = [torch.zeros_like(p) for p in module.parameters()]
    x = torch.full((50, 2, 1), float("nan"))
    settings = UpdateSettings(0, 50, WeightedLoss())
    losses = native_updates(module, Moments(zeros, zeros), x, torch.randn(50, 2), [1e-2], settings)
    assert np.isnan(losses).all()
    assert not torch.isfinite(module.lin.weight).all()


def explosive() -> Snapshot:
    """An LSTM-2 at rest on a knife's edge: a gradient grows thirtyfold at every step back in time."""
    start = from_scratch(Recurrent("LSTM", 2), 44_100, 0)
    weights = {name: np.zeros_like(w) for name, w in start.weights.items()}
    weights["rec.weight_hh_l0"][4, 0] = 32.0  # the candidate hears the unit's own output ...
    weights["rec.bias_ih_l0"][[0, 2, 6]] = 4.0  # ... and input, forget and output gate are open
    weights["lin.weight"][:] = 1.0
    return replace(start, weights=weights)


@pytest.mark.parametrize("way", ["_train_natively", "_train_by_autograd"])
def test_an_update_whose_gradient_overflows_is_skipped_and_the_next_is_made(way):
    subject = Trainer(explosive(), split(), replace(SETTINGS, warm_up=0, weight_decay=0.0))
    x, y = next(iter(subject.segments.epoch(torch.Generator().manual_seed(0))))
    before = [p.detach().clone() for p in subject.module.parameters()]
    losses = getattr(subject, way)(x[:200], y[:200])
    assert np.isfinite(losses).all()
    for got, expected in zip(subject.module.parameters(), before, strict=True):
        assert torch.equal(got, expected)
    assert subject.optimizer.moments().updates == 1
    getattr(subject, way)(x[:5], y[:5])
    assert subject.snapshot() is not None
    assert not torch.equal(subject.module.lin.bias, before[-1])


@pytest.mark.parametrize(
    ("rates", "tbptt", "message"), [([1e-2], 30, "one rate"), ([1e-2], 0, "nothing is left")]
)
def test_sizes_that_do_not_fit_are_refused(rates, tbptt, message):
    module = RecurrentModule(Recurrent("LSTM", 4), "native")
    zeros = [torch.zeros_like(p) for p in module.parameters()]
    x, settings = torch.randn(60, 2, 1), UpdateSettings(0, tbptt, WeightedLoss())
    with pytest.raises(ValueError, match=message):
        native_updates(module, Moments(zeros, zeros), x, torch.randn(60, 2), rates, settings)


def test_what_has_no_kernel_goes_through_autograd():
    assert has_native_updates(RecurrentModule(Recurrent("GRU", 4)), WeightedLoss())
    assert not has_native_updates(RecurrentModule(Recurrent("LSTM", 4, num_layers=2)), WeightedLoss())
    assert not has_native_updates(RecurrentModule(Recurrent("LSTM", 4)), WeightedLoss(mr_stft=0.1))
    assert not has_native_updates(RecurrentModule(Recurrent("LSTM", 4)).double(), WeightedLoss())
