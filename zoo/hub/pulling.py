"""Pulls models from the Hub into the zoo: promised, proved, examined at the gate, entered.

A model enters whole, by one rename, under the store's lock; catalogue and index are brought in line with the
store whenever they are opened. So a crash at any point leaves the zoo with the model or without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from registry import Facts, Manifest, Origin, Registry
from registry.entering import Arrival, Imported, Visitor, enter_all
from zoo.engine import processors
from zoo.errors import BadRequest
from zoo.gate import at_the_gate
from zoo.hub.address import HOST, Address
from zoo.hub.client import HubClient
from zoo.hub.fetching import Promise, fetch, promise_in_pack, promise_of
from zoo.hub.lockfile import Locked, Lockfile, read_lockfile
from zoo.hub.shelf import Pack

MOST_ORIGINS_TOLD = 8
MOST_GENERATIONS = 1000


@dataclass(frozen=True)
class Sought:
    """A model to pull: where it is, and what it must be if that is known beforehand.

    Attributes:
        address: of its repository.
        locked: what it must be.
        pack: of a whole zoo, in which it lies.
    """

    address: Address
    locked: Locked | None = None
    pack: Pack | None = None

    @property
    def name(self) -> str:
        """How a person tells it from the others."""
        return (
            f"{self.address.repo}/{self.locked.id[:12]}" if self.pack and self.locked else f"{self.address}"
        )


def pull_repos(
    registry: Registry,
    wanted: Sequence[Sought],
    client: HubClient,
    *,
    progress: Callable[[str, int, int], None] | None = None,
    lock: Path | None = None,
) -> Iterator[Imported]:
    """Pull models; a verdict for each, in their order. What came in stays, whatever becomes of the rest.

    Args:
        registry: where they go.
        wanted: which.
        client: the Hub.
        progress: hears how many are done, and of how many.
        lock: a lockfile in which those that came in are noted, at the end.

    Raises:
        StoreError: the zoo or the client's cache cannot be written.
        EngineMissing: the native engine is not installed.
        BadRequest: the lockfile is damaged.
    """
    if lock is not None and lock.exists():
        read_lockfile(lock)  # a damaged one is said before anything is fetched
    readings = [_Reading(registry, one, client) for one in wanted]
    visitors = (Visitor(reading.sought.name, reading) for reading in readings)
    came: list[Locked] = []
    try:
        with at_the_gate(registry) as gate:
            entered = enter_all(registry, visitors, gate=gate, threads=processors())
            for done, (reading, verdict) in enumerate(zip(readings, entered, strict=True), start=1):
                if verdict.id is not None and reading.promise is not None:
                    came.append(reading.promise.locked)
                yield verdict
                if progress is not None:
                    progress("pulling", done, len(wanted))
    finally:
        if lock is not None and came:
            before = read_lockfile(lock) if lock.exists() else Lockfile()
            before.with_models(came).write(lock)


class _Reading:
    """Fetches one model and says where it comes from; called on any thread."""

    def __init__(self, registry: Registry, sought: Sought, client: HubClient) -> None:
        self._registry, self.sought, self._client = registry, sought, client
        self.promise: Promise | None = None

    def __call__(self) -> Arrival | Imported:
        promise = self._promise()
        known = self._registry.get(promise.manifest.id)
        origin = _origin(promise)
        if known is not None and origin in known.origins:
            self.promise = promise
            return Imported(self.sought.name, "already there", known.id, known.name)
        snapshot = fetch(self._client, promise)
        self.promise = promise
        told, findings = _believed(self._registry, promise.manifest)
        facts = Facts(licence=told.licence, source="collection")
        return Arrival(snapshot, origin, facts, told, findings)

    def _promise(self) -> Promise:
        sought = self.sought
        if sought.pack and sought.locked:
            return promise_in_pack(self._client, sought.address, sought.locked, sought.pack)
        return promise_of(self._client, sought.address, sought.locked)


def _origin(promise: Promise) -> Origin:
    return Origin(
        file=promise.manifest.name if promise.pack else promise.address.name,
        sha256=promise.manifest.files["model.safetensors"].sha256,
        format="native",
        repository=promise.address.place,
        commit=promise.address.revision,
        path=promise.pack,
    )


def _believed(registry: Registry, theirs: Manifest) -> tuple[Manifest, tuple[str, ...]]:
    """What of a stranger's manifest enters ours, and what a person should know of the rest.

    Whom they call the user is not ours. Origins lose their hashes, which would otherwise pass for files that
    we have seen ourselves, and those on the Hub are left out. A parent that descends from the model is none.
    """
    sources = {
        fact: "collection" if source == "user" else source for fact, source in theirs.facts_from.items()
    }
    origins = [
        origin.model_copy(update={"sha256": None})
        for origin in theirs.origins
        if not (origin.repository or "").startswith(f"{HOST}/")
    ]
    told = theirs.changed(facts_from=sources, origins=tuple(origins[:MOST_ORIGINS_TOLD]), quality=None)
    if told.parent is None or not _descends(registry, told.parent, told.id):
        return told, ()
    sentence = f"it names {told.parent[:12]} as its parent, which descends from it; the parent stays unknown"
    return told.changed(parent=None, parent_at=None), (sentence,)


def _descends(registry: Registry, child: str, ancestor: str) -> bool:
    """Whether ``ancestor`` is among the ancestors of ``child``, as far as they are in the zoo."""
    seen: set[str] = set()
    here: str | None = child
    while here is not None and here not in seen and len(seen) < MOST_GENERATIONS:
        if here == ancestor:
            return True
        seen.add(here)
        known = registry.get(here)
        here = known.parent if known else None
    return False


def locked_models(lock: Path) -> list[Sought]:
    """All that a lockfile names.

    Raises:
        BadRequest: it is missing, damaged or empty.
    """
    models = read_lockfile(lock).models
    if not models:
        raise BadRequest(f"{lock} names no model; `zoo pull owner/name --lock` adds one")
    return [Sought(model.address, model) for model in models]


def collection_models(client: HubClient, slug: str) -> list[Sought]:
    """The models of a collection of the Hub, in its order.

    Raises:
        BadRequest: there is no such collection, it holds no model, or the Hub may not be asked.
    """
    from zoo.hub.address import checked_repo, parse_address

    checked_repo(slug)
    if client.offline:
        raise BadRequest(
            f"which models the collection {slug} holds is known only online; unset HF_HUB_OFFLINE"
        )
    collection = client.ask(f"collection {slug}", lambda: client.api.get_collection(slug))
    found = [Sought(parse_address(item.item_id)) for item in collection.items if item.item_type == "model"]
    if not found:
        raise BadRequest(f"the collection {slug} holds no model")
    return found
