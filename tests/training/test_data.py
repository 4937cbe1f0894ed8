"""Train, validation and test share nothing, and an epoch sees every segment once."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from training.data import Part, Segments, split_by_time
from zoo.capture import Capture, Take
from zoo.errors import CaptureError


def counting_capture(*lengths: int) -> Capture:
    """A capture whose wet samples are 1, 2, 3, ...: every sample tells where it came from."""
    wet = np.arange(1, sum(lengths) + 1, dtype=np.float32)
    stops = np.cumsum(lengths)
    takes = tuple(
        Take(str(i), int(b - n), int(b)) for i, (n, b) in enumerate(zip(lengths, stops, strict=True))
    )
    return Capture(wet=wet, dry=-wet, sample_rate=1000, name="count", takes=takes)


def samples(part: Part) -> set[float]:
    return {float(v) for wet in part.wet for v in wet}


def test_parts_share_no_sample_and_leave_none_out():
    split = split_by_time(counting_capture(10_000, 5_000))
    train, validation, test = samples(split.train), samples(split.validation), samples(split.test)
    assert not train & validation
    assert not train & test
    assert not validation & test
    assert len(train | validation | test) == 15_000
    assert (len(train), len(validation), len(test)) == (9_000, 3_000, 3_000)


def test_dry_and_wet_stay_together():
    split = split_by_time(counting_capture(10_000))
    for part in (split.train, split.validation, split.test):
        for dry, wet in zip(part.dry, part.wet, strict=True):
            np.testing.assert_array_equal(dry, -wet)


def test_seconds_limits_training_and_leaves_the_other_parts_alone():
    whole, limited = (split_by_time(counting_capture(10_000, 10_000), seconds=s) for s in (None, 7.0))
    assert limited.train.samples == 7_000
    assert samples(limited.validation) == samples(whole.validation)
    assert samples(limited.test) == samples(whole.test)


def test_a_part_that_is_too_short_is_refused_with_its_length():
    with pytest.raises(CaptureError, match=r"validation part of count would last 0\.10 s"):
        split_by_time(counting_capture(1_700), validation=0.06, test=0.3)


def test_a_silent_validation_part_is_refused():
    capture = counting_capture(10_000)
    wet = np.array(capture.wet)
    wet[6_000:8_000] = 0
    silent = Capture(wet=wet, dry=capture.dry, sample_rate=1000, name="gap", takes=capture.takes)
    with pytest.raises(CaptureError, match="validation part of gap is silent"):
        split_by_time(silent)


def test_without_the_dry_signal_there_is_nothing_to_train_on():
    capture = counting_capture(10_000)
    wet_only = Capture(wet=capture.wet, dry=None, sample_rate=1000, name="wet", takes=capture.takes)
    with pytest.raises(CaptureError, match="dry signal"):
        split_by_time(wet_only)


def test_an_epoch_sees_every_segment_once_in_balanced_batches():
    part = split_by_time(counting_capture(10_000), validation=0.2, test=0.1).train
    segments = Segments(part, length=1_000, batch=4)
    batches = list(segments.epoch(torch.Generator().manual_seed(0)))
    assert [y.shape for _, y in batches] == [(1_000, 4), (1_000, 3)]
    starts = sorted(float(v) for _, y in batches for v in y[0])
    assert starts == [1.0 + 1_000 * i for i in range(7)]
    for x, y in batches:
        assert torch.equal(x[..., 0], -y)


def test_the_rest_of_a_stretch_is_not_lost():
    part = Part((np.arange(2_600, dtype=np.float32),), (np.arange(2_600, dtype=np.float32),))
    assert sorted(Segments(part, length=1_000).y[0].tolist()) == [0.0, 1_000.0, 1_600.0]
