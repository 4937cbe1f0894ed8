"""What the probe promises: the same on every machine, complete, short, and ready for analysis."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.probe import PROBE_HASH, TONES_DB, compute_probe_hash, playing_probes, probe
from zoo.errors import BadRequest

RATES = (44_100, 48_000)


def rms_db(x: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(x.astype(np.float64) ** 2)))


def test_the_hash_in_the_source_is_the_hash_of_the_samples() -> None:
    assert compute_probe_hash() == PROBE_HASH


@pytest.mark.parametrize("rate", RATES)
def test_segments_follow_each_other_without_gaps_and_have_unique_names(rate: int) -> None:
    made = probe(rate)
    assert made.segments[0].start == 0
    assert made.segments[-1].stop == made.samples.size
    assert all(a.stop == b.start for a, b in zip(made.segments, made.segments[1:], strict=False))
    assert len({segment.name for segment in made.segments}) == len(made.segments)


@pytest.mark.parametrize("rate", RATES)
def test_the_probe_is_short_enough_for_an_import_in_bulk(rate: int) -> None:
    assert 12 <= probe(rate).samples.size / rate <= 15


def test_every_kind_of_segment_is_there() -> None:
    kinds = {segment.kind for segment in probe().segments}
    assert kinds == {"silence", "sweep", "tone", "two-tone", "noise", "playing"}


@pytest.mark.parametrize("rate", RATES)
def test_the_steady_part_of_a_tone_holds_whole_cycles_at_the_level_it_names(rate: int) -> None:
    made = probe(rate)
    tones = made.of_kind("tone")
    assert [t.level_db for t in tones] == list(TONES_DB) * 3
    for tone in tones:
        steady = made.samples[tone.steady]
        assert (steady.size * tone.frequencies[0] / rate) % 1 == 0
        assert rms_db(steady) == pytest.approx(tone.level_db - 10 * np.log10(2), abs=0.01)


def test_noise_has_the_rms_it_names_and_never_clips() -> None:
    made = probe()
    for segment in made.of_kind("noise"):
        assert rms_db(made.samples[segment.start : segment.stop]) == pytest.approx(segment.level_db, abs=0.01)
    assert np.abs(made.samples).max() < 1.0


def test_silence_is_silent() -> None:
    made = probe()
    for segment in made.of_kind("silence"):
        assert not made.samples[segment.start : segment.stop].any()


def test_pink_noise_falls_by_3_db_an_octave() -> None:
    made = probe()
    pink = next(segment for segment in made.segments if segment.name == "pink-30")
    power = np.abs(np.fft.rfft(made.samples[pink.start : pink.stop])) ** 2
    octaves = [power[50 << k : 100 << k].sum() for k in range(6)]  # 100-200 Hz and up: equal in pink noise
    assert max(octaves) / min(octaves) < 1.1


def test_playing_probes_are_at_least_eight_dis_of_three_seconds_each_its_own() -> None:
    dis = playing_probes()
    assert len(dis) >= 8
    assert {di.shape for di in dis} == {(3 * 44_100,)}
    correlation = np.corrcoef(np.stack(dis)) - np.eye(len(dis))
    assert np.abs(correlation).max() < 0.3


def test_playing_probes_span_levels() -> None:
    levels = [rms_db(di) for di in playing_probes()]
    assert max(levels) - min(levels) > 10


def test_the_probe_is_made_once_and_nobody_can_change_it() -> None:
    assert probe(48_000) is probe(48_000)
    with pytest.raises(ValueError, match="read-only"):
        probe().samples[0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        playing_probes()[0][0] = 1.0


def test_a_rate_too_low_for_the_sweep_is_refused() -> None:
    with pytest.raises(BadRequest, match="41000 Hz"):
        probe(22_050)
