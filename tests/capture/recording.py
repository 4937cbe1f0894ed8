"""Captures with a known truth: synthesised playing, devices made of a filter and a curve, and their "
"faults."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.signal import butter, lfilter

from zoo.playing import Phrase, perform

RATE = 48_000


@cache
def playing(seed: int = 1, seconds: float = 6.0) -> np.ndarray:
    """A riff with pauses around it, float32, shape (samples,), never changed."""
    styles = ("riff", "melody", "funk")
    phrases = [
        perform(Phrase(style, "humbucker-bridge", seed=seed, seconds=seconds / 3), sample_rate=RATE)
        for style in styles
    ]
    signal = np.concatenate(phrases).astype(np.float32)
    signal.setflags(write=False)
    return signal


def low_pass(x: np.ndarray, hz: float, q: float = 0.7) -> np.ndarray:
    """Second-order low-pass (R. Bristow-Johnson, Audio EQ Cookbook); resonant for a large q."""
    w = 2 * np.pi * hz / RATE
    alpha, c = np.sin(w) / (2 * q), np.cos(w)
    return lfilter([(1 - c) / 2, 1 - c, (1 - c) / 2], [1 + alpha, -2 * c, 1 - alpha], x)


def high_pass(x: np.ndarray, hz: float) -> np.ndarray:
    return lfilter(*butter(1, hz / (RATE / 2), "high"), x)


DEVICES = {
    "clean": lambda x: 0.5 * x,
    "distortion": lambda x: 0.3 * low_pass(np.tanh(30 * high_pass(x, 700)), 5000),
    "resonant filter": lambda x: low_pass(high_pass(x, 80), 4000, q=2.0),
    "asymmetric": lambda x: 0.3 * high_pass(np.tanh(12 * high_pass(x, 200) + 0.4) - np.tanh(0.4), 20),
}


def through(device: str, dry: np.ndarray) -> np.ndarray:
    return DEVICES[device](dry.astype(np.float64)).astype(np.float32)


def delayed(wet: np.ndarray, samples: int) -> np.ndarray:
    """``samples`` late (zeros in front), or early (the start is missing)."""
    return np.concatenate([np.zeros(max(samples, 0), np.float32), wet[max(-samples, 0) :]])


def noise(size: int, db: float, seed: int = 0) -> np.ndarray:
    """White noise of that RMS below full scale."""
    generator = np.random.default_rng(seed)
    return (10 ** (db / 20) * generator.standard_normal(size)).astype(np.float32)
