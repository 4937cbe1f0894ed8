"""Who is believed: the model file, then the user, then the file's name, and names only when they agree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from registry.facts import Facts, describe, merge
from registry.filters import Filter
from registry.manifest import Origin
from registry.registry import Registry
from zoo.errors import BadRequest
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]


def test_the_file_is_believed_before_the_user_and_the_user_before_the_name(lstm: Lstm) -> None:
    snapshot = lstm(licence="MIT", tone="hi_gain")
    manifest = describe(snapshot, {}, Origin(file="BossDS1_clean.json"), Facts(licence="GPL", make="Ibanez"))
    assert (manifest.licence, manifest.gain_class) == ("MIT", "high gain")
    assert (manifest.device.make, manifest.device.model) == ("Ibanez", None)
    assert manifest.facts_from == {"name": "file name", "make": "user"}


def test_half_a_device_from_the_file_is_not_completed_from_its_name(lstm: Lstm) -> None:
    manifest = describe(lstm(make="Tokai"), {}, Origin(file="TS9.nam"))
    assert (manifest.device.make, manifest.device.model) == ("Tokai", None)


def test_the_users_name_wins_over_the_files_own(lstm: Lstm) -> None:
    manifest = describe(lstm(name="Untitled"), {}, None, Facts(name="My TS9"))
    assert manifest.name == "My TS9"
    assert describe(lstm(name="Untitled"), {}).name == "Untitled"
    assert describe(lstm(), {}).name == "LSTM-4"


def test_facts_from_names_are_marked_as_such(lstm: Lstm) -> None:
    manifest = describe(lstm(), {}, Origin(file="BlackstarHT40_AmpClean.json"))
    assert (manifest.device.make, manifest.gain_class) == ("Blackstar", "clean")
    assert set(manifest.facts_from) == {"name", "make", "model", "kind", "gain_class"}
    assert set(manifest.facts_from.values()) == {"file name"}


def test_an_unknown_word_for_the_tone_is_kept_as_a_word(lstm: Lstm) -> None:
    manifest = describe(lstm(tone="spongy"), {})
    assert (manifest.gain_class, manifest.tone) == (None, ("spongy",))


@pytest.mark.parametrize(
    "extra",
    [{"esr": 0.01}, {"training": {"validation_esr": 0.01}}, {"training": {"validation_esr": 0.01}, "esr": 2}],
)
def test_the_esr_that_a_trainer_wrote_is_kept(lstm: Lstm, extra: dict[str, object]) -> None:
    training = describe(lstm(extra=extra), {}).training
    assert training is not None
    assert training.esr == 0.01


@pytest.mark.parametrize("esr", [-1, "good", None, True, [0.1], float("nan")])
def test_what_is_no_esr_is_not_taken_for_one(lstm: Lstm, esr: object) -> None:
    assert describe(lstm(extra={"esr": esr}), {}).training is None


def test_names_that_contradict_each_other_say_nothing_in_either_order(lstm: Lstm) -> None:
    ts9, blues = (describe(lstm(), {}, Origin(file=f)) for f in ("TS9_FullD.json", "BluesJR-FullD.json"))
    for merged in (merge(ts9, blues), merge(blues, ts9)):
        assert merged.device.make is merged.device.model is merged.device.kind is None
        assert set(merged.names) == {"TS9_FullD", "BluesJR-FullD"}
        assert merged.facts_from == {"name": "file name"}


def test_names_that_agree_keep_their_device(lstm: Lstm) -> None:
    one, two = (describe(lstm(), {}, Origin(file=f)) for f in ("TS9_FullD.json", "TS9_copy.json"))
    assert merge(one, two).device.model == "TS9"


def test_a_second_description_fills_what_was_unknown_and_changes_nothing_else(lstm: Lstm) -> None:
    plain = describe(lstm(author="Ann"), {}, Origin(file="x.json"))
    richer = describe(
        lstm(author="Bob", date="2024", loudness_db=-20.0), {}, Origin(file="y.json"), Facts(licence="MIT")
    )
    merged = merge(plain, richer)
    assert (merged.name, merged.author, merged.date, merged.licence) == ("x", "Ann", "2024", "MIT")
    assert merged.loudness_db == -20.0
    assert merged.facts_from == {"name": "file name", "licence": "user"}


def test_a_name_given_later_is_taken(lstm: Lstm) -> None:
    old = describe(lstm(), {}, Origin(file="x.json"))
    assert merge(old, describe(lstm(), {}, Origin(file="x.json"), Facts(name="My TS9"))).name == "My TS9"


def test_a_fact_that_no_manifest_holds_is_refused_in_a_sentence(lstm: Lstm) -> None:
    with pytest.raises(BadRequest, match="'name'"):
        describe(lstm(), {}, None, Facts(name="x" * 1001))


def test_a_sound_under_too_many_names_keeps_the_first(lstm: Lstm) -> None:
    manifest = describe(lstm(), {}, Origin(file="0.json"))
    for number in range(1, 300):
        manifest = merge(manifest, describe(lstm(), {}, Origin(file=f"{number}.json")))
    assert manifest.names == tuple(str(number) for number in range(256))


def test_describing_the_same_file_again_changes_nothing(lstm: Lstm) -> None:
    once = describe(lstm(author="Ann"), {}, Origin(file="TS9_clean.json"), Facts(licence="MIT"))
    assert merge(once, once) == once


def test_a_measured_gain_class_fills_what_nobody_states_and_gives_way_to_any_word(
    tmp_path: Path, lstm: Lstm
) -> None:
    with Registry(tmp_path) as registry:
        manifest, _ = registry.add(lstm(1))
        registry.note_gain_class(manifest.id, "crunch")
        registry.note_gain_class(manifest.id, "clean")  # the first measurement stays
        noted = registry.find(manifest.id)
        assert (noted.gain_class, noted.facts_from["gain_class"]) == ("crunch", "measured")
        assert [m.id for m in registry.list(Filter(gain="crunch"))] == [manifest.id]
        registry.add(lstm(1), facts=Facts(gain_class="fuzz"))
        told = registry.find(manifest.id)
        assert (told.gain_class, told.facts_from["gain_class"]) == ("fuzz", "user")
        registry.note_gain_class(manifest.id, "clean")
        assert registry.find(manifest.id).gain_class == "fuzz"
