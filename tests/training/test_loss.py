"""Each loss has the value that can be worked out by hand."""

from __future__ import annotations

import pytest
import torch

from training.loss import WeightedLoss, dc_loss, emphasised_esr_loss, esr_loss, mr_stft_loss, pre_emphasise
from zoo.metrics import esr


def column(*values: float) -> torch.Tensor:
    return torch.tensor(values)[:, None]


@pytest.mark.parametrize(("gain", "expected"), [(1.0, 0.0), (0.0, 1.0), (0.5, 0.25), (-1.0, 4.0)])
def test_esr_of_a_scaled_copy_is_the_squared_gain_error(gain, expected):
    target = column(10.0, -10.0, 10.0, -10.0)  # loud, so that the epsilon does not show
    assert float(esr_loss(target, gain * target)) == pytest.approx(expected, abs=1e-6)
    assert float(emphasised_esr_loss(target, gain * target)) == pytest.approx(expected, abs=1e-6)


def test_pre_emphasis_takes_away_a_share_of_the_sample_before():
    assert pre_emphasise(column(1.0, 1.0, 0.0))[:, 0].tolist() == pytest.approx([0.15, -0.85])


def test_dc_loss_sees_an_offset_in_each_sequence_even_where_they_cancel():
    target = torch.tensor([[10.0, 10.0], [-10.0, -10.0]])
    offset = torch.tensor([[5.0, -5.0], [5.0, -5.0]])
    assert float(dc_loss(target, target + offset)) == pytest.approx(0.25, rel=1e-5)


def test_silence_gives_a_finite_loss_and_gradient():
    prediction = torch.full((4, 1), 0.1, requires_grad=True)
    loss = WeightedLoss()(torch.zeros(4, 1), prediction)
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(prediction.grad).all()


def test_the_torch_loss_is_the_numpy_metric():
    torch.manual_seed(0)
    target, prediction = torch.randn(500, 1), torch.randn(500, 1)
    expected = esr(target[:, 0].numpy(), prediction[:, 0].numpy())
    assert float(esr_loss(target, prediction)) == pytest.approx(expected, rel=1e-4)


def test_mr_stft_is_zero_for_a_copy_and_grows_with_the_error():
    torch.manual_seed(0)
    target, noise = torch.randn(8192, 2), torch.randn(8192, 2)
    loss = mr_stft_loss()
    assert float(loss(target, target)) == pytest.approx(0.0, abs=1e-5)
    assert 0.0 < float(loss(target, target + 0.01 * noise)) < float(loss(target, target + 0.1 * noise))


def test_the_weighted_sum_adds_up():
    torch.manual_seed(0)
    target, prediction = torch.randn(8192, 1), torch.randn(8192, 1)
    expected = 0.75 * emphasised_esr_loss(target, prediction) + 0.25 * dc_loss(target, prediction)
    torch.testing.assert_close(WeightedLoss()(target, prediction), expected)
    with_stft = WeightedLoss(mr_stft=0.1)(target, prediction)
    torch.testing.assert_close(with_stft, expected + 0.1 * mr_stft_loss()(target, prediction))


@pytest.mark.parametrize("shape", [(2, 1), (40, 3)], ids=str)
def test_the_gradient_by_hand_is_autograds(shape):
    torch.manual_seed(0)
    target, prediction = torch.randn(2, *shape, dtype=torch.float64).unbind()
    prediction.requires_grad_()
    assert torch.autograd.gradcheck(lambda p: WeightedLoss()(target, p), prediction)
    by_autograd = 0.75 * emphasised_esr_loss(target, prediction) + 0.25 * dc_loss(target, prediction)
    (expected,) = torch.autograd.grad(3.0 * by_autograd, prediction)
    (found,) = torch.autograd.grad(3.0 * WeightedLoss()(target, prediction), prediction)
    torch.testing.assert_close(found, expected)


def test_a_single_sample_has_a_dc_error_only():
    assert float(WeightedLoss()(column(10.0), column(5.0))) == pytest.approx(0.25 * 0.25, rel=1e-5)
