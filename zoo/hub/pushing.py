"""Pushes a model: one commit on top of what was read, or nothing at all."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from registry import Origin, Registry
from registry.manifest import MANIFEST_NAME, MAX_MANIFEST_BYTES, manifest_from_bytes
from zoo.errors import BadRequest, ZooError
from zoo.hub.address import Address
from zoo.hub.bundle import CARD_NAME, Bundle
from zoo.hub.card_edit import MAX_CARD_BYTES
from zoo.hub.client import HubClient


@dataclass(frozen=True)
class Pushed:
    """What came of a push.

    Attributes:
        repo: owner/name.
        commit: where the model is now.
        files: path -> bytes.
        deleted: files of the model that was there before, which this one does not have.
        new: False when all of it was there already and no commit was made.
    """

    repo: str
    commit: str
    files: Mapping[str, int]
    deleted: tuple[str, ...] = ()
    new: bool = True


def push_bundle(
    registry: Registry, bundle: Bundle, client: HubClient, *, private: bool | None = None
) -> Pushed:
    """Upload a model in one commit.

    Args:
        registry: learns where its model is on the Hub, so that its children link to it.
        bundle: what is uploaded.
        client: the Hub.
        private: of a new repository; None is public. The visibility of one that is there must agree.

    Raises:
        BadRequest: somebody else pushed meanwhile, the token does not allow it, or the visibility differs.
        NetworkError: the Hub cannot be reached; push again.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    address = bundle.address
    head, old = state_of(
        address, client, private, {CARD_NAME: MAX_CARD_BYTES, MANIFEST_NAME: MAX_MANIFEST_BYTES}
    )
    files = bundle.with_card(old.get(CARD_NAME))
    gone = _gone(old.get(MANIFEST_NAME), files)
    sizes = {path: len(data) for path, data in files.items()}
    if not gone and all(old.get(path) == files[path] for path in (CARD_NAME, MANIFEST_NAME)):
        _note(registry, bundle, head)
        return Pushed(address.repo, head, sizes, new=False)
    adding = [CommitOperationAdd(path, data) for path, data in files.items()]
    deleting = [CommitOperationDelete(path) for path in gone]
    commit = client.commit(address.repo, [*adding, *deleting], "Push with tonezoo", head)
    _note(registry, bundle, commit)
    return Pushed(address.repo, commit, sizes, gone)


def state_of(
    address: Address, client: HubClient, private: bool | None, limits: Mapping[str, int]
) -> tuple[str, dict[str, bytes]]:
    """The head of a repository, and those of its files that are asked for; it is made where there is none.

    Raises:
        BadRequest: the client is offline, the token does not allow it, or the visibility differs.
        WrongContent: a file is larger than its limit.
        NetworkError: the Hub cannot be reached.
    """
    if client.offline:
        raise BadRequest("nothing can be pushed offline; unset HF_HUB_OFFLINE, or add --dry-run")
    client.ask(
        address.repo,
        lambda: client.api.create_repo(address.repo, private=bool(private), exist_ok=True),
    )
    info = client.ask(address.repo, lambda: client.api.model_info(address.repo))
    if private is not None and bool(info.private) != private:
        is_now = "private" if info.private else "public"
        raise BadRequest(f"{address.repo} is {is_now}; change that on its page, or push without the option")
    at = Address(address.repo, str(info.sha))
    there = client.listing(at, tuple(limits))
    return str(info.sha), {path: client.read(at, path, limits[path]) for path in sorted(there)}


def _gone(old: bytes | None, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """What the manifest that is there vouches for and we do not have; other files are not ours to touch."""
    try:
        before = set(manifest_from_bytes(old).files) if old is not None else set()
    except ZooError:
        return ()
    return tuple(sorted(before - set(files)))


def _note(registry: Registry, bundle: Bundle, commit: str) -> None:
    """Say in the zoo where the model is on the Hub now."""
    weights = hashlib.sha256(bundle.files["model.safetensors"]).hexdigest()
    origin = Origin(
        file=bundle.address.name,
        sha256=weights,
        format="native",
        repository=bundle.address.place,
        commit=commit,
    )
    known = registry.get(bundle.manifest.id)
    if known is not None and not any(one.repository == origin.repository for one in known.origins):
        registry.add(registry.load(known.id), origin=origin)
