"""Latency by first arrival, and polarity, against captures whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from recording import DEVICES, RATE, delayed, noise, playing, through

from zoo.capture.alignment import align, relation

LATE_BY_FILTER = 3  # samples in which a low-pass has let through nearly nothing yet


@pytest.mark.parametrize("latency", [-5000, -4410, -149, -9, 0, 1, 6, 149, 4410, 5000])
def test_the_latency_of_a_wire_is_exact(latency: int) -> None:
    wet = delayed(playing(), latency)
    assert align([(playing(), wet + noise(wet.size, -80))], RATE).latency_samples == latency


@pytest.mark.parametrize("device", sorted(DEVICES))
@pytest.mark.parametrize("latency", [-5000, -9, 149, 4410])
def test_the_latency_of_a_device_is_its_first_arrival_not_its_group_delay(device: str, latency: int) -> None:
    wet = delayed(through(device, playing()), latency)
    found = align([(playing(), wet + noise(wet.size, -80))], RATE)
    assert 0 <= found.latency_samples - latency <= LATE_BY_FILTER
    assert found.is_distinct
    assert not found.inverted


@pytest.mark.parametrize("device", sorted(DEVICES))
def test_a_turned_signal_is_inverted_and_its_latency_the_same(device: str) -> None:
    wet = through(device, playing())
    upright, turned = align([(playing(), wet)], RATE), align([(playing(), -wet)], RATE)
    assert (upright.inverted, turned.inverted) == (False, True)
    assert upright.latency_samples == turned.latency_samples


def test_a_loud_hum_and_hiss_do_not_move_the_latency() -> None:
    wet = delayed(through("distortion", playing()), 149)
    hum = 0.02 * np.sin(2 * np.pi * 50 / RATE * np.arange(wet.size))
    found = align([(playing(), wet + hum + noise(wet.size, -50))], RATE)
    assert 0 <= found.latency_samples - 149 <= LATE_BY_FILTER


def test_a_take_cut_into_a_ringing_note_is_no_attack_at_its_edge() -> None:
    dry, start = playing()[30_000 - 4410 :], 4410
    assert np.abs(dry[start : start + 200]).max() > 0.01  # it rings here
    assert align([(dry, 0.5 * dry[start:])], RATE).latency_samples == -start


def test_gain_does_not_matter() -> None:
    wet = through("distortion", playing())
    loud, soft = align([(playing(), wet)], RATE), align([(playing(), 0.001 * wet)], RATE)
    assert loud.latency_samples == soft.latency_samples
    assert loud.distinctness == pytest.approx(soft.distinctness, rel=1e-3)


def test_takes_are_pooled_whatever_their_lengths() -> None:
    pairs = [(dry, delayed(through("asymmetric", dry), -7)) for dry in (playing(1), playing(2, 3.0))]
    assert align(pairs, RATE).latency_samples == -7


def test_a_device_is_related_to_its_input_and_another_take_is_not() -> None:
    dry = playing(1)
    assert relation([(dry, through("distortion", dry))], RATE) > 0.05
    assert relation([(dry, through("distortion", playing(2)))], RATE) < 0.01
