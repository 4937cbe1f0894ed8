"""Pushes a whole zoo: new packs first, a hundred files a commit, and last what makes them count.

A reader of any commit finds the shelf before or the shelf after. What a push that was interrupted has left
counts for nothing, and the next one goes on with it.
"""

from __future__ import annotations

from collections.abc import Callable

from zoo.hub.address import Address
from zoo.hub.bundle import CARD_NAME
from zoo.hub.card_edit import MAX_CARD_BYTES
from zoo.hub.client import HubClient
from zoo.hub.pushing import Pushed, state_of
from zoo.hub.shelf import MAX_SHELF_BYTES, SHELF_NAME
from zoo.hub.shelving import ShelfBundle

FILES_IN_COMMIT = 100  # what the Hub recommends
OURS = ("index/", "packs/")


def push_shelf(
    bundle: ShelfBundle,
    client: HubClient,
    *,
    private: bool | None = None,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Pushed:
    """Upload many models.

    Args:
        bundle: what is uploaded.
        client: the Hub.
        private: as in `zoo.hub.pushing.push_bundle`.
        progress: hears of the files.

    Raises:
        BadRequest: somebody else pushed meanwhile, the token does not allow it, or the visibility differs.
        NetworkError: the Hub cannot be reached; push again.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    address, named = bundle.address, bundle.shelf.files()
    limits = {CARD_NAME: MAX_CARD_BYTES, SHELF_NAME: MAX_SHELF_BYTES}
    head, old = state_of(address, client, private, limits)
    there = client.tree(Address(address.repo, head))
    files = bundle.with_card(old.get(CARD_NAME))
    missing = [path for path, record in named.items() if path not in there or not there[path].fits(record)]
    gone = tuple(sorted(path for path in there if path.startswith(OURS) and path not in named))
    if not missing and not gone and all(old.get(path) == data for path, data in files.items()):
        return Pushed(address.repo, head, bundle.sizes(), new=False)
    *early, last = batched_paths(missing)
    for number, paths in enumerate(early):
        adding = [CommitOperationAdd(path, bundle.folder / path) for path in paths]
        head = client.commit(address.repo, adding, "Push with tonezoo: packs to come", head)
        progress("pushing", (number + 1) * FILES_IN_COMMIT, len(missing))
    adding = [CommitOperationAdd(path, bundle.folder / path) for path in last]
    adding += [CommitOperationAdd(path, data) for path, data in files.items()]
    deleting = [CommitOperationDelete(path) for path in gone]
    head = client.commit(address.repo, [*adding, *deleting], "Push with tonezoo", head)
    return Pushed(address.repo, head, bundle.sizes(), gone)


def batched_paths(paths: list[str]) -> list[tuple[str, ...]]:
    """The paths, so many as go into a commit at a time; the last one leaves room for card and shelf."""
    size = FILES_IN_COMMIT - 2
    return [tuple(paths[start : start + size]) for start in range(0, max(len(paths), 1), size)]
