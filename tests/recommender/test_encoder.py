import subprocess
import sys
from functools import partial

import numpy as np
import pytest
import torch

from recommender import bands
from recommender.encoder import WEIGHTS_HASH, encode, network
from recommender.encoder.frames import FRAME_SIZE, frames
from recommender.encoder.learning import Schedule, TorchNetwork, learn
from recommender.encoder.material import Heard, hear
from recommender.encoder.network import FEWEST_FRAMES, Network, compute_weights_hash, enough, standard
from recommender.imaginary import invent, play
from recommender.probe import playing_probes
from recommender.wet import WET_SIZE, wet_features

RATE = 44_100
UNHEARD = 30_000  # imaginary devices from here on have taught neither the spaces nor the encoder


def _encode(wet, rate: int = RATE):
    return encode(wet, rate, wet_features(wet, rate))


def _torch_twin(weights) -> TorchNetwork:
    model = TorchNetwork(weights["dense2.bias"].size)
    names = model.state_dict()
    model.load_state_dict({name: torch.from_numpy(np.array(weights[name])) for name in names})
    return model.eval()


@pytest.mark.parametrize("count", [1, FEWEST_FRAMES, 77, 300])
def test_numpy_computes_what_torch_was_taught(count) -> None:
    weights = network().weights
    rng = np.random.Generator(np.random.PCG64(count))
    heard = rng.normal(size=(count, FRAME_SIZE)).astype(np.float32)
    raw = weights["wet.mean"] + rng.normal(size=WET_SIZE).astype(np.float32) * weights["wet.deviation"]
    scaled = (enough(heard) - weights["frames.mean"]) / weights["frames.deviation"]
    inputs = (torch.from_numpy(part[None]) for part in (scaled, standard(raw, weights)))
    with torch.no_grad():
        expected = _torch_twin(weights)(*inputs)[0].numpy()
    np.testing.assert_allclose(network().embed(heard, raw), expected, rtol=1e-4, atol=1e-4)


def test_the_weights_are_those_whose_hash_is_written_down() -> None:
    assert compute_weights_hash() == WEIGHTS_HASH
    assert all(np.isfinite(array).all() for array in network().weights.values())


def test_the_network_is_small() -> None:
    assert sum(array.size for array in network().weights.values()) < 150_000


@pytest.mark.parametrize("gain_db", [-30.0, -12.0, 12.0, 30.0])
def test_the_level_does_not_count(guitar, gain_db) -> None:
    louder = guitar * np.float32(10 ** (gain_db / 20))
    moved = np.linalg.norm(_encode(louder) - _encode(guitar))
    assert moved < 0.02 * np.linalg.norm(_encode(guitar) - _encode(np.tanh(20.0 * guitar)))


def test_the_same_sound_gives_the_same_bytes(guitar) -> None:
    assert _encode(guitar).tobytes() == _encode(guitar.copy()).tobytes()


@pytest.mark.parametrize("samples", [1, 100, 5000])
def test_a_short_or_silent_signal_gives_numbers(samples) -> None:
    for signal in (np.zeros(samples, np.float32), np.ones(samples, np.float32)):
        assert np.isfinite(_encode(signal)).all()


def test_a_tone_stands_out_of_its_band_and_noise_does_not() -> None:
    t = np.arange(RATE) / RATE
    rng = np.random.Generator(np.random.PCG64(0))
    tone = frames(np.sin(2 * np.pi * 5000.0 * t).astype(np.float32), RATE)
    noise = frames(rng.normal(size=RATE).astype(np.float32), RATE)
    band = bands.NUM_BANDS + int(np.argmin(np.abs(bands.centres() - 5000.0)))
    assert tone[:, band].mean() > noise[:, band].mean() + 0.3  # 3 dB


def test_other_playing_of_a_device_is_nearer_than_other_devices(guitar, melody) -> None:
    devices = [partial(play, invent(UNHEARD + i), sample_rate=RATE) for i in range(12)]
    probes = playing_probes(RATE)[::4]
    places = np.stack([np.mean([_encode(device(dry)) for dry in probes], axis=0) for device in devices])
    for dry in (guitar[: 4 * RATE], melody[: 4 * RATE]):
        heard = np.stack([_encode(device(dry)) for device in devices])
        apart = np.linalg.norm(heard[:, None] - places[None], axis=2)
        own = np.diag(apart)
        others = apart[~np.eye(len(devices), dtype=bool)]
        assert np.median(own) < 0.6 * np.median(others)
        assert np.mean(own <= apart.min(axis=1) + 1e-6) >= 0.5


def test_teaching_is_the_same_every_time_and_yields_a_network() -> None:
    devices = [Heard(RATE, partial(play, invent(UNHEARD + i), sample_rate=RATE)) for i in range(3)]
    lessons = list(hear(devices, {}, count=2, probes=2, seed=0))
    schedule = Schedule(steps=2, devices=3, standard=2, other=1, frames=32, size=4)
    first, second = (learn(lessons, schedule) for _ in range(2))
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name])
    sound = lessons[0].other[0]
    assert Network(first).embed(sound.frames, sound.raw).shape == (4,)


def test_hearing_needs_no_torch() -> None:
    code = (
        "import sys, numpy as np; from recommender.vectors import wet_query; import recommender.suggest_wet; "
        "wet_query(np.ones(9000, np.float32), 44100); assert 'torch' not in sys.modules, 'torch'"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
