"""Who is kin in a shortlist: models of one device and children that name none, not all of one ancestor."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from registry import Facts, Manifest, Registry
from zoo.snapshot import Snapshot
from zoo.suggesting import family_of

Lstm = Callable[..., Snapshot]


def test_models_of_one_device_are_kin(registry: Registry, lstm: Lstm) -> None:
    one, other = (added(registry, lstm(seed, make="Acme", model="Fuzz")) for seed in (1, 2))
    assert family_of(one, registry) == family_of(other, registry) == "acmefuzz"


def test_a_child_of_another_device_is_no_kin_of_its_parent(registry: Registry, lstm: Lstm) -> None:
    parent = added(registry, lstm(1, make="Acme", model="Fuzz"))
    child = added(registry, lstm(2, make="Acme", model="Amp"), parent)
    assert family_of(child, registry) == "acmeamp"


def test_a_line_that_names_no_device_is_kin_of_its_nearest_ancestor_that_does(
    registry: Registry, lstm: Lstm
) -> None:
    first = added(registry, lstm(1, make="Acme", model="Fuzz"))
    second = added(registry, lstm(2, make="Acme", model="Amp"), first)
    third = added(registry, lstm(3), second)
    assert family_of(added(registry, lstm(4), third), registry) == "acmeamp"


def test_a_line_without_any_device_is_the_family_of_its_first_ancestor(
    registry: Registry, lstm: Lstm
) -> None:
    first = added(registry, lstm(1))
    second = added(registry, lstm(2), first)
    assert family_of(added(registry, lstm(3), second), registry) == family_of(first, registry) == first.id


def test_the_family_of_an_orphan_is_the_parent_that_is_not_there(registry: Registry, lstm: Lstm) -> None:
    gone = "0" * 64
    orphan, _ = registry.add(lstm(1), facts=Facts(parent=gone))
    assert family_of(orphan, registry) == gone


def added(registry: Registry, snapshot: Snapshot, parent: Manifest | None = None) -> Manifest:
    manifest, _ = registry.add(snapshot, facts=Facts(parent=parent.id if parent else None))
    return manifest


@pytest.fixture
def registry(zoo_home: object) -> Registry:
    return Registry()
