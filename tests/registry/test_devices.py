"""Names of files: what they say is taken, what they do not say stays unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.devices import NameFacts, device_from_text, facts_from_name


@pytest.mark.parametrize(
    ("name", "make", "model", "kind", "gain"),
    [
        ("TS9_FullD", "Ibanez", "TS9", "pedal", None),
        ("BluesJR_FullD", "Fender", "Blues Junior", "amp", None),
        ("BossMetalZoneMt2_highGain", "Boss", "MT-2", "pedal", "high gain"),
        ("BossMT2_PedalHighGain", "Boss", "MT-2", "pedal", "high gain"),
        ("DS1_fromVideo", "Boss", "DS-1", "pedal", None),
        ("Keith B DS1_maxg_t5", "Boss", "DS-1", "pedal", None),
        ("Peter N HM-2_V5_L10_H10_D0_Std_ESR-0.0004", "Boss", "HM-2", "pedal", None),
        ("BlackstarHT40_AmpClean", "Blackstar", "HT-40", "amp", "clean"),
        ("ht1-ht11", "Blackstar", "HT-1", "amp", None),
        ("muff-muff3", "Electro-Harmonix", "Big Muff", "pedal", None),
        ("LittleBigMuff_HighGainPedal", "Electro-Harmonix", "Little Big Muff", "pedal", "high gain"),
        ("ProcoRatPedal_HighGain", "ProCo", "RAT", "pedal", "high gain"),
        ("MesaBoogie_Studio22_Clean", "Mesa/Boogie", "Studio .22", "amp", "clean"),
        ("Mesa_IICplus_DriveKnob_DirectOut", "Mesa/Boogie", "Mark IIC+", "amp", None),
        ("Tim R JCM2000 Crunch 805'd", "Marshall", "JCM2000", "amp", "crunch"),
        ("Tim R JCM90050WDualVerbChBG12", "Marshall", "JCM900", "amp", None),
        ("AMP Twin Vintage2", "Fender", "Twin Reverb", "amp", None),
        ("AMP Orange Crunchy1", "Orange", None, "amp", "crunch"),
        ("MIAudio_Crunchbox_midGain", "MI Audio", "Crunch Box", "pedal", None),
        (
            "Tudor N Ibanez Tube Screamer Mini Tone@5_Overdrive@5",
            "Ibanez",
            "Tube Screamer Mini",
            "pedal",
            None,
        ),
        ("Helga B JSX-Crunch-M77-ESR0,007", "Peavey", "JSX", "amp", "crunch"),
        ("Phillipe P Bug333-Lead-NoDrive-ESR0,004", "Bugera", "333", "amp", "high gain"),
        ("Jason Z Boss HM2EQ use before an amp", "Boss", "HM-2", "pedal", None),
        ("Jason Z Soldano - Super Lead Overdrive pedal", "Soldano", None, "pedal", None),
        ("XComp_Pedal", None, None, "pedal", None),
        ("BritRock79", None, None, None, None),
        ("generation of rational tests", None, None, None, None),
    ],
)
def test_a_name_says(
    name: str, make: str | None, model: str | None, kind: str | None, gain: str | None
) -> None:
    said = facts_from_name(name)
    assert (said.make, said.model, said.kind, said.gain_class) == (make, model, kind, gain)


def test_a_clone_is_not_the_makes_own() -> None:
    assert facts_from_name("DumbleClone_clean") == NameFacts(None, "Dumble clone", "amp", "clean")


def test_a_pedal_into_an_amp_is_the_amp() -> None:
    said = facts_from_name("Tim R Magnatone Super 59 Mkii Max'd TS9")
    assert (said.make, said.kind) == ("Magnatone", "pedal_amp")


def test_what_follows_a_plus_is_in_front_of_the_device_and_not_the_device() -> None:
    assert facts_from_name("Tim R 5152 Lead + TS9").model is None


def test_two_gain_words_are_no_gain_class() -> None:
    assert facts_from_name("clean to crunch").gain_class is None


@pytest.mark.parametrize("name", ["", " ", "\x00\n", "é" * 300, "A" * 100_000, "((((", "''''"])
def test_any_name_can_be_read(name: str) -> None:
    assert facts_from_name(name) == NameFacts()


@given(st.text(max_size=60))
def test_no_name_breaks_the_reader(name: str) -> None:
    assert isinstance(facts_from_name(name), NameFacts)


@pytest.mark.parametrize(
    ("text", "device"),
    [
        ("Fender Vibrolux", ("Fender", "Vibrolux")),
        ("mesa/boogie Rectifier", ("Mesa/Boogie", "Rectifier")),
        ("Boss", ("Boss", None)),
        ("Bossa Nova", (None, "Bossa Nova")),
        ("TS9", ("Ibanez", "TS9")),
        ("my own fuzz", (None, "my own fuzz")),
    ],
)
def test_a_person_says(text: str, device: tuple[str | None, str | None]) -> None:
    assert device_from_text(text) == device
