import numpy as np
import pytest
from small_devices import capture_of, make_device

from recommender.excerpt import excerpt
from recommender.forecast import worthwhile
from recommender.head import fit_head
from recommender.render_score import try_all_coarsely, try_alone, try_best_finely
from recommender.scratch import untrained
from zoo.capture import Capture, Take
from zoo.engine import states


def _two_takes(dry) -> Capture:
    half = dry.size // 2
    return Capture(dry, dry, 44_100, "two takes", (Take("a", 0, half), Take("b", half, dry.size)))


def test_no_sample_is_both_fitted_and_held_out(guitar) -> None:
    ramp = np.arange(guitar.size, dtype=np.float32)  # every sample carries its own place
    capture = Capture(guitar, ramp, 44_100, "ramp", (Take("a", 0, guitar.size),))
    part = excerpt(capture, 3.0)
    fitted, held = part.dry[part.fit], part.dry[part.held_out]
    assert not set(fitted.tolist()) & set(held.tolist())
    assert fitted.max() < held.min()  # split in time
    assert fitted.size == pytest.approx(2.0 * 44_100, rel=0.01)
    assert held.size == pytest.approx(1.0 * 44_100, rel=0.01)


def test_a_warm_up_never_reaches_into_another_take(guitar) -> None:
    capture = _two_takes(guitar)
    part = excerpt(capture, 100.0)  # all there is
    assert part.fit.sum() + part.held_out.sum() <= guitar.size
    assert part.dry.size <= guitar.size + 4 * 0.12 * 44_100


def test_a_short_capture_gives_all_it_has(guitar) -> None:
    short = guitar[:22_050]
    capture = Capture(short, short, 44_100, "short", (Take("a", 0, short.size),))
    part = excerpt(capture, 7.2)
    assert part.fit.any()
    assert part.held_out.any()


def test_a_head_on_the_devices_own_states_is_a_perfect_copy(guitar) -> None:
    device = make_device(1)
    part = excerpt(capture_of(device, guitar), 3.0)
    assert fit_head(states(device, part.dry), part.dry, part).esr < 1e-3


@pytest.mark.parametrize("gain_db", [-12.0, 12.0])
def test_the_wet_level_does_not_change_the_errors(guitar, gain_db) -> None:
    device, other = make_device(1), make_device(2)
    parts = [excerpt(capture_of(device, guitar, gain_db=g), 3.0) for g in (0.0, gain_db)]
    plain, louder = (fit_head(states(other, part.dry), part.dry, part) for part in parts)
    assert louder.error == pytest.approx(plain.error, rel=1e-3)


def test_the_input_gain_is_found_at_which_a_parent_fits(guitar) -> None:
    device = make_device(1)
    hot = capture_of(device, guitar, input_gain_db=9.0)
    assert try_alone(device, excerpt(hot, 3.0)).gain_db == 9.0


def test_the_knob_is_found_at_which_a_parent_fits(guitar) -> None:
    device = make_device(3, knobs=1)
    turned = capture_of(device, guitar, knobs=[0.8])
    trial = try_alone(device, excerpt(turned, 3.0))
    assert (trial.knob, trial.gain_db) == (0.8, 0.0)


def test_the_device_itself_wins_the_trial_whatever_the_order(guitar) -> None:
    devices = {f"{seed}": make_device(seed) for seed in range(5)}
    capture = capture_of(devices["3"], guitar)
    brief, full = excerpt(capture, 1.0), excerpt(capture, 3.0)
    orders = (["0", "1", "2", "3", "4"], ["4", "3", "2", "1", "0"])
    coarse = [try_all_coarsely(order, devices.__getitem__, brief) for order in orders]
    first, second = (try_best_finely(trials, devices.__getitem__, full) for trials in coarse)
    assert first == second
    assert first[0].id == "3"
    assert len(first) == 5


def test_an_untrained_network_explains_a_device_worse_than_its_kin(guitar) -> None:
    part = excerpt(capture_of(make_device(1), guitar), 3.0)
    assert worthwhile(try_alone(make_device(1), part).fit.error, try_alone(untrained(), part).fit.error)


def test_a_parent_is_worthwhile_that_is_no_worse_than_scratch() -> None:
    assert worthwhile(0.1, 0.1)
    assert not worthwhile(0.101, 0.1)
    assert worthwhile(10 ** (-0.101), 1.0, margin_db=1.0)
    assert not worthwhile(10 ** (-0.099), 1.0, margin_db=1.0)
