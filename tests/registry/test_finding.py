"""Finding and listing: by id, by the start of an id, by every name; filters all hold at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from registry import Facts, Filter, Origin, Registry
from zoo.errors import BadRequest, NotInZoo
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]


@pytest.fixture
def registry(lstm: Lstm) -> Iterator[Registry]:
    with Registry() as registry:
        registry.add(lstm(1, 4), origin=Origin(file="TS9_FullD.json"), facts=Facts(licence="GPL-3.0-only"))
        registry.add(lstm(1, 4), origin=Origin(file="Ibanez_TS9.json"))
        registry.add(lstm(2, 8), origin=Origin(file="BlackstarHT40_AmpClean.json"))
        registry.add(lstm(3, 8), origin=Origin(file="JCM800_highgain.json"))
        registry.add(lstm(4, 8, name="mystery"))
        yield registry


@pytest.mark.parametrize("query", ["TS9_FullD", "Ibanez_TS9", "ts9_fulld"])
def test_a_model_is_found_by_any_of_its_names(registry: Registry, lstm: Lstm, query: str) -> None:
    assert registry.find(query).id == lstm(1, 4).digest


@pytest.mark.parametrize("digits", [4, 12, 63, 64])
def test_a_model_is_found_by_the_start_of_its_id(registry: Registry, lstm: Lstm, digits: int) -> None:
    assert registry.find(lstm(2, 8).digest[:digits]).id == lstm(2, 8).digest
    assert registry.find(lstm(2, 8).digest[:digits].upper()).id == lstm(2, 8).digest


def test_three_digits_are_too_few(registry: Registry, lstm: Lstm) -> None:
    with pytest.raises(NotInZoo):
        registry.find(lstm(2, 8).digest[:3])


def test_a_near_name_is_offered(registry: Registry) -> None:
    with pytest.raises(NotInZoo, match="did you mean TS9_FullD"):
        registry.find("TS9_Full")


def test_a_name_of_several_models_lists_them(registry: Registry, lstm: Lstm) -> None:
    registry.add(lstm(5, 8, name="mystery"))
    with pytest.raises(NotInZoo, match="give more of the id") as ambiguous:
        registry.find("mystery")
    assert all(lstm(seed, 8).digest[:12] in str(ambiguous.value) for seed in (4, 5))


def test_a_name_that_looks_like_the_start_of_another_models_id_is_ambiguous(
    registry: Registry, lstm: Lstm
) -> None:
    registry.add(lstm(6, 8, name=lstm(2, 8).digest[:4]))
    with pytest.raises(NotInZoo, match="could be"):
        registry.find(lstm(2, 8).digest[:4])
    assert registry.find(lstm(2, 8).digest[:5]).id == lstm(2, 8).digest


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Filter(), ["BlackstarHT40_AmpClean", "JCM800_highgain", "mystery", "TS9_FullD"]),
        (Filter(device="marshall"), ["JCM800_highgain"]),
        (Filter(device="HT-40"), ["BlackstarHT40_AmpClean"]),
        (Filter(device="unknown"), ["mystery"]),
        (Filter(gain="HighGain"), ["JCM800_highgain"]),
        (Filter(gain="hi-gain"), ["JCM800_highgain"]),
        (Filter(gain="unknown"), ["mystery", "TS9_FullD"]),
        (Filter(arch="lstm", hidden=4), ["TS9_FullD"]),
        (Filter(arch="LSTM-8", gain="clean"), ["BlackstarHT40_AmpClean"]),
        (Filter(arch="*-4"), ["TS9_FullD"]),
        (Filter(arch="WaveNet"), []),
        (Filter(rate=44_100, licence="gpl-3.0-only"), ["TS9_FullD"]),
        (Filter(rate=48_000), []),
        (Filter(name="ibanez*"), ["TS9_FullD"]),
        (Filter(name="ts9"), []),
        (Filter(name="'; DROP TABLE models; --"), []),
    ],
)
def test_a_filter_keeps(registry: Registry, wanted: Filter, names: list[str]) -> None:
    assert [manifest.name for manifest in registry.list(wanted)] == names


def test_a_gain_class_that_does_not_exist_lists_those_that_do() -> None:
    with pytest.raises(BadRequest, match=r"'djent'.*clean, crunch, .*high gain, fuzz, unknown"):
        Filter(gain="djent")


def test_removing_is_all_or_nothing(registry: Registry) -> None:
    with pytest.raises(NotInZoo):
        registry.remove(["mystery", "nobody"])
    assert len(registry.list()) == 4
    assert [gone.name for gone in registry.remove(["mystery", "TS9_FullD", "mystery"])] == [
        "mystery",
        "TS9_FullD",
    ]
    assert len(registry.list()) == 2


def test_the_table_has_a_row_for_each_model_and_missing_values_for_the_unknown(registry: Registry) -> None:
    import pandas as pd

    from zoo.api import list_models

    table = list_models(registry=registry).to_dataframe()
    assert table["name"].tolist() == ["BlackstarHT40_AmpClean", "JCM800_highgain", "mystery", "TS9_FullD"]
    assert table["hidden_size"].tolist() == [8, 8, 8, 4]
    assert pd.isna(table["make"].iloc[2])
    assert table["other_names"].iloc[3] == "Ibanez_TS9"
    assert list_models(Filter(hidden=99), registry=registry).to_dataframe().empty
