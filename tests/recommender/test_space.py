import numpy as np
import pytest
from safetensors.numpy import load_file

from recommender.learn import SIZES, Plan, imaginary_devices, listen, write_space
from recommender.paired import PAIRED_SIZE
from recommender.space import SPACE_FILE, learn_space, space
from recommender.wet import WET_SIZE


def test_the_first_axis_is_the_one_along_which_devices_differ() -> None:
    rng = np.random.Generator(np.random.PCG64(0))
    devices = np.repeat(np.arange(20), 10)
    raw = rng.normal(size=(200, 3))
    raw[:, 1] += 10.0 * devices  # the device is in the second number, the playing in all
    learned = learn_space(raw, devices, 1)
    assert abs(learned.axes[1, 0]) > 5 * np.abs(learned.axes[[0, 2], 0]).max()


def test_playing_moves_a_device_by_about_one_on_every_axis() -> None:
    rng = np.random.Generator(np.random.PCG64(1))
    devices = np.repeat(np.arange(50), 20)
    raw = rng.normal(size=(1000, 4)) * [1, 10, 100, 1000] + 3.0 * rng.normal(size=(50, 4))[devices]
    points = learn_space(raw, devices, 4).project(raw)
    within = np.concatenate([points[devices == d] - points[devices == d].mean(axis=0) for d in range(50)])
    assert within.std(axis=0) == pytest.approx(1.0, rel=0.1)


def test_what_the_playing_did_not_reveal_counts_as_average() -> None:
    raw = np.random.Generator(np.random.PCG64(2)).normal(size=(60, 3))
    learned = learn_space(raw, np.repeat(np.arange(6), 10), 2)
    missing = np.array([0.5, np.nan, 0.5])
    average = np.where(np.isnan(missing), learned.mean, missing)
    np.testing.assert_allclose(learned.project(missing), learned.project(average), atol=1e-6)


@pytest.mark.parametrize(("kind", "raw"), [("paired", PAIRED_SIZE), ("wet", WET_SIZE)])
def test_the_committed_spaces_fit_the_features(kind, raw) -> None:
    committed = space(kind)
    assert committed.axes.shape == (raw, SIZES[kind])
    assert all(np.isfinite(a).all() for a in (committed.mean, committed.deviation, committed.axes))


def test_learning_hears_the_same_every_time() -> None:
    plan = Plan(devices=2, phrases=2, phrases_each=2, seconds=0.5)
    first, second = (listen(plan, imaginary_devices(plan.devices), seed=0) for _ in range(2))
    assert first.shape == (2, 2, PAIRED_SIZE)
    np.testing.assert_array_equal(first, second)


def test_writing_one_space_leaves_the_other(tmp_path) -> None:
    path = tmp_path / "space.safetensors"
    write_space(path, "paired", space("paired"))
    before = load_file(path)
    write_space(path, "wet", space("wet"))
    after = load_file(path)
    assert set(after) == set(load_file(SPACE_FILE))
    for name, array in before.items():
        np.testing.assert_array_equal(after[name], array)
