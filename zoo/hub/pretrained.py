"""``from_pretrained`` and ``push_to_hub`` as users of the Hub know them; `zoo.Snapshot` offers both.

Only JSON and safetensors are read, and every byte is proved; see `zoo.hub.fetching`.
"""

from __future__ import annotations

import tempfile

from registry import Facts, Registry
from zoo.errors import RefusedModel
from zoo.gate import admit
from zoo.gate.stability import endure
from zoo.hub.address import Address, checked_repo, parse_address
from zoo.hub.bundle import bundle
from zoo.hub.client import HubClient
from zoo.hub.fetching import fetch, promise_of
from zoo.hub.pushing import push_bundle
from zoo.snapshot import Snapshot


def from_pretrained(repo: str, *, revision: str | None = None, offline: bool = False) -> Snapshot:
    """The model of a repository, proved and found stable; the zoo is not touched.

    Args:
        repo: owner/name, or owner/name@revision.
        revision: branch, tag or commit; the main branch when absent.
        offline: from the Hub client's cache alone.

    Raises:
        BadRequest: there is no such repository or revision, or its manifest is damaged.
        WrongContent: a file is not what the manifest says.
        RefusedModel: it blows up or never falls silent.
        NetworkError: the Hub cannot be reached.
    """
    address = parse_address(f"{repo}@{revision}" if revision else repo)
    client = HubClient(offline=offline)
    snapshot = fetch(client, promise_of(client, address))
    try:
        endure(snapshot)
    except RefusedModel as error:
        raise RefusedModel(f"{address}: {error}") from error
    return snapshot


def push_to_hub(
    snapshot: Snapshot, repo: str, *, licence: str | None = None, private: bool | None = None
) -> str:
    """Share a model that need not be in the zoo; the commit that holds it.

    Args:
        snapshot: the model.
        repo: owner/name.
        licence: an SPDX id; what the model's own metadata says when absent.
        private: None makes a new repository public and takes one that is there as it is.

    Raises:
        BadRequest: no licence is known, somebody else pushed meanwhile, or the token does not allow it.
        RefusedModel: it blows up or never falls silent.
        NetworkError: the Hub cannot be reached.
    """
    address = Address(checked_repo(repo))
    with tempfile.TemporaryDirectory(prefix="zoo-push-") as home, Registry(home) as scratch:
        model = admit(scratch, snapshot, facts=Facts(licence=licence))
        made = bundle(scratch, model, address, licence=licence)
        return push_bundle(scratch, made, HubClient(), private=private).commit
