"""Searching the Hub by words and tags, and the zoo in its stead."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hub_server import Hub

from registry import Facts, Filter, Manifest, Registry
from zoo.api import push_model, search_models
from zoo.errors import BadRequest, NetworkError
from zoo.hub.client import HubClient
from zoo.hub.pushing import Pushed
from zoo.hub.searching import search_hub
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]


@pytest.fixture
def shelf(hub: Hub, registry: Registry, pushed: Pushed, lstm: Lstm) -> Hub:
    """me/plexi, four more models, and one that is none of ours."""
    for seed, gain in enumerate(("clean", "crunch", "high gain", "fuzz"), start=20):
        snapshot = lstm(seed, hidden=4 + seed % 2, name=f"Box {seed}", make="Ann's", kind="pedal")
        model = registry.add(snapshot, facts=Facts(licence="MIT", gain_class=gain))[0]
        push_model(model.id, f"me/box-{seed}", registry=registry)
    hub.add("you/plexi-language-model", {"README.md": b"---\ntags: [plexi]\n---\n"})
    return hub


def found(query: str, wanted: Filter | None = None, **more: object) -> list[str]:
    return [one.repo for one in search_hub(HubClient(), query, wanted, **more).found]  # type: ignore[arg-type]


def test_all_words_must_be_there_and_only_models_of_ours_are_found(shelf: Hub) -> None:
    assert found("plexi") == ["me/plexi"]
    assert found("crunch marshall") == ["me/plexi"]
    assert found("BOX crunch") == ["me/box-21"]
    assert len(found("")) == 5
    assert found("plexi fuzz") == []


def test_filters_go_to_the_hub_as_tags(shelf: Hub) -> None:
    assert found("", Filter(gain="crunch")) == ["me/plexi", "me/box-21"]
    assert found("box", Filter(gain="high gain")) == ["me/box-22"]
    assert found("", Filter(arch="LSTM-5")) == ["me/box-21", "me/box-23"]
    assert found("", Filter(licence="CC-BY-4.0")) == ["me/plexi"]
    assert found("", Filter(rate=48_000)) == []
    assert found("", tags=["guitar-pedal", "fuzz"]) == ["me/box-23"]
    with pytest.raises(BadRequest, match="cannot be asked for names or hidden sizes"):
        found("", Filter(hidden=40))


def test_what_is_found_tells_tags_and_licence(shelf: Hub) -> None:
    (one,) = search_hub(HubClient(), "plexi").found
    assert one.licence == "cc-by-4.0"
    assert one.tags[:4] == ("guitar-amp", "marshall", "super-lead", "crunch")
    assert one.commit == shelf.repos["me/plexi"].head


def test_no_more_pages_are_asked_for_than_needed_and_what_was_not_seen_is_said(shelf: Hub) -> None:
    """The Hub of the tests lists two models on a page; five of them are ours."""
    client = HubClient()

    def pages() -> int:
        return sum(asked == "GET /api/models" for asked in shelf.asked)

    everything = search_hub(client, "")
    assert (len(everything.found), everything.looked_at, everything.unseen, pages()) == (5, 5, False, 3)
    shelf.asked.clear()
    first = search_hub(client, "", limit=2)
    assert (first.found, first.looked_at, first.unseen, pages()) == (everything.found[:2], 2, True, 2)
    shelf.asked.clear()
    cut = search_hub(client, "fuzz", most=3)
    assert (cut.found, cut.looked_at, cut.unseen, pages()) == ((), 3, True, 2)
    assert not search_hub(client, "fuzz", most=5).unseen


def test_a_hub_that_is_down_is_said(hub: Hub) -> None:
    hub.faults = {"GET /api/models$": ["503"] * 20}
    with pytest.raises(NetworkError, match="the search: the Hub cannot be reached "):
        found("plexi")


def test_the_zoo_is_searched_by_the_same_words(registry: Registry, model: Manifest) -> None:
    for query in ("plexi", "MARSHALL crunch", "super lstm-4"):
        assert search_models(query, registry=registry) == [model]
    assert search_models("plexi fuzz", registry=registry) == []
