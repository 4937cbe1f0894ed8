from dataclasses import replace

import numpy as np

from recommender.paired import analyse_dry, paired_features
from recommender.reasons import MOST, promised, reasons
from recommender.traits import Traits, paired_traits

PLAIN = Traits(gain=-3.0, bass=0.0, middle=0.0, treble=-10.0, asymmetry=0.1, compression=2.0)


def test_a_difference_is_said_with_its_direction_and_number() -> None:
    assert reasons(PLAIN, replace(PLAIN, gain=0.0)) == ("a little more gain (+3 dB of distortion)",)
    assert reasons(PLAIN, replace(PLAIN, treble=-18.0)) == ("clearly darker above 3 kHz (-8 dB)",)


def test_more_compression_is_a_smaller_spread_of_levels() -> None:
    assert reasons(PLAIN, replace(PLAIN, compression=6.0)) == (
        "clearly more compressed (-4 dB of level spread)",
    )
    assert reasons(PLAIN, replace(PLAIN, compression=0.0)) == (
        "a little more dynamic (+2 dB of level spread)",
    )


def test_what_nobody_hears_is_not_said() -> None:
    close = replace(PLAIN, gain=-2.0, treble=-9.0, asymmetry=0.2)
    assert reasons(PLAIN, close) == ("no difference in gain, tone or dynamics that stands out",)


def test_the_largest_differences_come_first_and_not_too_many() -> None:
    far = Traits(gain=-1.0, bass=20.0, middle=-2.0, treble=-13.0, asymmetry=0.9, compression=9.0)
    said = reasons(PLAIN, far)
    assert len(said) == MOST
    assert said[0] == "clearly more bass below 200 Hz (+20 dB)"


def test_other_playing_doubles_what_counts() -> None:
    assert reasons(PLAIN, replace(PLAIN, gain=-0.5), tolerance=2.0)[0].startswith("no difference")


def test_traits_follow_what_was_done_to_the_signal(guitar) -> None:
    dry = analyse_dry(guitar, 44_100)
    wire = paired_traits(paired_features(dry, guitar))
    fuzz = paired_traits(paired_features(dry, np.tanh(100 * guitar)))
    half = paired_traits(paired_features(dry, np.maximum(np.tanh(20 * guitar), -0.3)))
    dull = paired_traits(paired_features(dry, np.convolve(guitar, np.ones(12) / 12)[: guitar.size]))
    assert fuzz.gain > wire.gain + 10
    assert fuzz.compression > wire.compression + 2
    assert half.asymmetry > fuzz.asymmetry + 0.2
    assert dull.treble < wire.treble - 5


def test_what_is_promised_says_whether_it_was_measured() -> None:
    assert promised(4.2, measured=True, nearest=False) == (
        "fine-tuned to other devices, it ended 4 dB better than the average parent"
    )
    assert promised(-2.8, measured=False, nearest=False) == (
        "never measured; as it is built, it should end 3 dB worse than the average parent"
    )


def test_the_nearest_says_that_it_is() -> None:
    assert promised(-0.2, measured=True, nearest=True) == (
        "the nearest of all by sound, maybe the device itself; "
        "fine-tuned to other devices, it ended like the average parent"
    )
