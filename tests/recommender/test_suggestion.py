import json
from dataclasses import replace

import numpy as np
import pytest
from small_devices import capture_of, make_device

from recommender.gain import CLASSES, gain_class
from recommender.nominate import Candidate
from recommender.suggest import suggest
from zoo.audio import resample
from zoo.errors import BadRequest


def _ids(suggestion) -> list[str]:
    return [parent.id for parent in suggestion.parents]


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_a_device_in_the_zoo_is_its_own_best_parent(library, guitar, seed) -> None:
    device = make_device(seed)
    suggestion = suggest(capture_of(device, guitar), library, k=3)
    assert _ids(suggestion)[0] == device.digest
    assert suggestion.advice == "start from a parent"
    assert suggestion.confidence == "high"
    assert suggestion.parents[0].trial.esr < 1e-2
    assert [parent.rank for parent in suggestion.parents] == [1, 2, 3]


def test_a_device_is_found_among_kin_that_crowd_it_out_of_the_shortlist(library, guitar) -> None:
    family = {i: Candidate(i, "one amp") for i in library.candidates}
    device = make_device(1)
    suggestion = suggest(capture_of(device, guitar), replace(library, candidates=family), k=6)
    assert _ids(suggestion)[0] == device.digest
    assert len(suggestion.parents) == 6


def test_the_same_capture_gives_the_same_bytes(library, guitar) -> None:
    capture = capture_of(make_device(1), guitar)
    first, second = (json.dumps(suggest(capture, library).to_json()) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("gain_db", [-12.0, 12.0])
def test_the_wet_level_changes_no_rank(library, guitar, gain_db) -> None:
    device = make_device(2)
    plain, louder = (capture_of(device, guitar, gain_db=g) for g in (0.0, gain_db))
    assert _ids(suggest(louder, library)) == _ids(suggest(plain, library))
    wet_only = (replace(capture, dry=None) for capture in (plain, louder))
    assert len({tuple(_ids(suggest(capture, library))) for capture in wet_only}) == 1


def test_a_wet_only_answer_says_so_and_asks_for_the_dry_track(library, guitar) -> None:
    suggestion = suggest(replace(capture_of(make_device(0), guitar), dry=None), library)
    assert suggestion.way == "wet-only"
    assert suggestion.confidence != "high"
    assert "dry" in suggestion.hints[0]
    assert all(p.trial is None and p.expected is None and p.reasons for p in suggestion.parents)
    assert len(suggestion.parents) == 5


def test_a_capture_at_another_rate_is_brought_to_a_common_one(library, guitar) -> None:
    device = make_device(1)
    capture = capture_of(device, guitar)
    fast = replace(
        capture,
        dry=resample(capture.dry, 44_100, 96_000),
        wet=resample(capture.wet, 44_100, 96_000),
        sample_rate=96_000,
        takes=(replace(capture.takes[0], stop=round(guitar.size * 96_000 / 44_100)),),
    )
    assert _ids(suggest(fast, library))[0] == device.digest


def test_nothing_to_choose_from_is_an_answer(library, guitar) -> None:
    empty = replace(library, candidates={})
    for capture in (
        capture_of(make_device(0), guitar),
        replace(capture_of(make_device(0), guitar), dry=None),
    ):
        suggestion = suggest(capture, empty)
        assert suggestion.parents == ()
        assert suggestion.advice == "nothing to choose from"


def test_a_short_capture_is_answered_with_a_hint(library, guitar) -> None:
    suggestion = suggest(capture_of(make_device(0), guitar[:44_100]), library, k=1)
    assert len(suggestion.parents) == 1
    assert "1.0 s" in suggestion.hints[0]


def test_noise_that_no_parent_explains_is_better_learned_from_scratch(library, guitar) -> None:
    capture = capture_of(make_device(0), guitar)
    noise = np.random.Generator(np.random.PCG64(0)).normal(size=guitar.size).astype(np.float32)
    suggestion = suggest(replace(capture, wet=noise), library)
    assert suggestion.advice == "train from scratch"
    assert suggestion.confidence == "low"


def test_fewer_than_one_parent_cannot_be_asked_for(library, guitar) -> None:
    with pytest.raises(BadRequest, match="1 or more"):
        suggest(capture_of(make_device(0), guitar), library, k=0)


def test_a_measured_gain_class_is_one_of_the_known(library) -> None:
    classes = {gain_class(library.fingerprint(i)) for i in library.candidates}
    assert classes <= set(CLASSES)
