"""What synthesised playing must be: in tune, the same everywhere, like recorded guitars in its statistics."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from zoo.errors import BadRequest
from zoo.playing import INSTRUMENTS, STYLES, Phrase, perform, to_24_bits
from zoo.playing.instruments import GUITAR_TUNING
from zoo.playing.strings import Pickup, String, Stroke, pluck, sum_of_modes

RATE = 48_000


def one_note(frequency: float, **stroke: float) -> np.ndarray:
    string = String(frequency, 0.648 * 110 / frequency, 5e-5, 0.9, 2.5e-8)
    rng = np.random.Generator(np.random.PCG64(0))
    how = Stroke(**{"velocity": 0.8, "position_m": 0.11, "brightness_hz": 4000.0, **stroke})
    return pluck(string, how, Pickup((0.1,), 0.01, 4000.0, 2.0), (0.0, 2.0, 2.0), RATE, rng)[1]


def fundamental(note: np.ndarray, near: float) -> float:
    spectrum = np.abs(np.fft.rfft(note * np.hanning(note.size), 1 << 20))
    frequencies = np.fft.rfftfreq(1 << 20, 1 / RATE)
    close = np.abs(frequencies - near) < 0.06 * near
    return float(frequencies[close][np.argmax(spectrum[close])])


@pytest.mark.parametrize("frequency", [82.41, 110.0, 196.0, 329.63])
def test_a_plucked_string_is_in_tune_to_two_cents(frequency: float) -> None:
    assert abs(1200 * np.log2(fundamental(one_note(frequency), frequency) / frequency)) < 2


def test_a_bend_of_two_semitones_raises_the_pitch_by_two_semitones() -> None:
    bent = one_note(220.0, bend=2.0)[RATE:]
    assert fundamental(bent, 220.0 * 2 ** (2 / 12)) == pytest.approx(246.94, rel=0.01)


def test_a_palm_mute_dies_sooner_than_an_open_string() -> None:
    def left_after_half_a_second(note: np.ndarray) -> float:
        return float(np.std(note[RATE // 2 : RATE]) / np.std(note[: RATE // 10]))

    assert left_after_half_a_second(one_note(110.0, mute=1.0)) < 0.1 * left_after_half_a_second(
        one_note(110.0)
    )


def test_a_harder_stroke_is_louder_and_brighter() -> None:
    soft, hard = one_note(110.0, velocity=0.3), one_note(110.0, velocity=1.0)
    brightness = [np.std(np.diff(note)) / np.std(note) for note in (soft, hard)]
    assert np.std(hard) > 2 * np.std(soft)
    assert brightness[1] > brightness[0]


def test_a_pickup_at_the_middle_of_the_string_does_not_hear_even_modes() -> None:
    middle = Pickup((0.324,), 0.01, 4000.0, 2.0)
    response = np.abs(middle.response(np.array([100.0, 200.0, 300.0]), np.array([1.0, 2.0, 3.0]), 0.648))
    assert response[1] < 1e-12
    assert min(response[0], response[2]) > 0.9


def test_a_mode_is_a_decaying_cosine() -> None:
    t = 0.001 + np.arange(1000) / RATE
    expected = 0.5 * np.exp(-30 * t) * np.cos(2 * np.pi * 440 * t)
    modes = sum_of_modes(np.array([-30 + 2j * np.pi * 440]), np.array([0.5 + 0j]), 0.001, 1000, RATE)
    assert np.abs(modes - expected).max() < 1e-12


def test_a_note_starts_from_zero_and_with_zero_slope() -> None:
    note = one_note(110.0) / np.abs(one_note(110.0)).max()
    assert abs(note[0]) < 1e-12
    assert abs(note[1]) < 0.003


@pytest.mark.parametrize("style", STYLES)
def test_every_style_can_be_played_and_peaks_where_asked(style: str) -> None:
    instrument = "bass-fingers" if style == "bass-line" else "humbucker-bridge"
    played = perform(Phrase(style, instrument, 1, 2.0, peak_db=-6.0), RATE)
    assert played.shape == (2 * RATE,)
    assert played.dtype == np.float32
    assert np.abs(played).max() == pytest.approx(10 ** (-6 / 20), abs=2e-4)


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_every_instrument_plays(instrument: str) -> None:
    style = "bass-line" if instrument.startswith("bass") else "melody"
    assert np.std(perform(Phrase(style, instrument, 1, 1.0), RATE)) > 0.01


def test_the_same_phrase_is_the_same_samples_and_another_seed_is_not() -> None:
    phrase = Phrase("riff", "humbucker-dropped", 4, 1.0)
    assert perform(phrase, RATE).tobytes() == perform(phrase, RATE).tobytes()
    other = perform(Phrase("riff", "humbucker-dropped", 5, 1.0), RATE)
    assert abs(np.corrcoef(perform(phrase, RATE), other)[0, 1]) < 0.5


def test_a_phrase_is_the_same_sound_at_44100_and_48000_hz() -> None:
    phrase = Phrase("strum", "single-coil-bridge", 2, 2.0)
    low = perform(phrase, 44_100).astype(np.float64)
    high = signal.resample_poly(perform(phrase, 48_000).astype(np.float64), 147, 160)
    assert np.sum((low - high) ** 2) < 1e-4 * np.sum(low**2)


def test_samples_lie_on_the_24_bit_grid() -> None:
    steps = perform(Phrase("funk", "single-coil-neck", 1, 0.5), RATE).astype(np.float64) * (1 << 23)
    assert np.array_equal(steps, np.round(steps))
    assert to_24_bits(np.array([-2.0, 0.0, 2.0])).tolist() == [-1.0, 0.0, 1.0 - 2**-23]


def test_an_unknown_style_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(BadRequest, match="melody, lead"):
        perform(Phrase("yodel", "hollow-body", 1, 1.0), RATE)


def test_strings_are_tuned_in_fourths_and_a_third() -> None:
    guitar = INSTRUMENTS["single-coil-neck"]
    assert np.diff(GUITAR_TUNING).tolist() == [5, 5, 5, 4, 5]
    assert guitar.string(1, 0).frequency == pytest.approx(110.0)
    assert guitar.string(1, 12).frequency == pytest.approx(220.0)
    assert guitar.string(1, 12).length_m == pytest.approx(0.324)


def statistics(x: np.ndarray, rate: int) -> dict[str, float]:
    """Crest factor in dB, excess kurtosis, spectral centroid in Hz and share above 2.5 kHz in dB."""
    x = x.astype(np.float64)
    frequencies, power = signal.welch(x, rate, nperseg=8192)
    return {
        "crest": 20 * np.log10(np.abs(x).max() / np.std(x)),
        "kurtosis": np.mean((x - x.mean()) ** 4) / np.var(x) ** 2 - 3,
        "centroid": float(np.sum(frequencies * power) / np.sum(power)),
        "treble": 10 * np.log10(power[frequencies > 2500].sum() / power.sum()),
    }


def test_synthesised_guitars_have_the_statistics_of_recorded_ones(data) -> None:
    """The median over synthesised phrases lies within what seven recorded guitars span."""
    import soundfile

    recorded = [statistics(*soundfile.read(path)) for path in sorted((data / "di").glob("*_guitar.wav"))]
    assert len(recorded) == 7
    parts = [("strum", "single-coil-neck"), ("strum", "humbucker-bridge"), ("riff", "humbucker-dropped")]
    parts += [("melody", "humbucker-neck"), ("lead", "single-coil-bridge"), ("funk", "single-coil-bridge")]
    synthesised = [statistics(perform(Phrase(s, i, 3, 5.0), RATE), RATE) for s, i in parts]
    for figure in recorded[0]:
        real = [r[figure] for r in recorded]
        assert min(real) <= np.median([s[figure] for s in synthesised]) <= max(real), figure
