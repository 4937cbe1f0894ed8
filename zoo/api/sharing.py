"""Models shared on the Hugging Face Hub: push one or many, pull."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from registry import Filter, Registry
from registry.entering import Imported
from zoo.api.home import make_searchable, opened
from zoo.upkeep import Progress, update_fingerprints

if TYPE_CHECKING:
    from zoo.capture import Capture
    from zoo.hub.pulling import Sought
    from zoo.hub.pushing import Pushed


def push_model(
    model: str,
    repo: str,
    *,
    licence: str | None = None,
    private: bool | None = None,
    capture: Capture | None = None,
    dry_run: bool = False,
    registry: Registry | None = None,
    remark: Callable[[str], None] = lambda _: None,
) -> Pushed:
    """Share a model of the zoo on the Hugging Face Hub; see `zoo.hub.pushing.push_bundle`.

    Args:
        model: name or id.
        repo: owner/name; made where there is none.
        licence: an SPDX id; the model's own when absent.
        private: None makes a new repository public and takes one that is there as it is.
        capture: the samples are taken from it; synthetic playing when absent.
        dry_run: make all files, ask nobody, upload nothing.
        registry: the user's own zoo when absent.
        remark: hears which plugins cannot hold the model.

    Raises:
        NotInZoo: there is no such model.
        BadRequest: no licence is known, somebody else pushed meanwhile, or the token does not allow it.
        NetworkError: the Hub cannot be reached.
    """
    from zoo.hub.address import Address, checked_repo
    from zoo.hub.bundle import bundle
    from zoo.hub.client import HubClient
    from zoo.hub.pushing import Pushed, push_bundle

    address = Address(checked_repo(repo))
    with opened(registry) as zoo:
        made = bundle(zoo, zoo.find(model), address, licence=licence, capture=capture, remark=remark)
        if dry_run:
            files = {path: len(data) for path, data in made.with_card().items()}
            return Pushed(repo, "", files, new=False)
        return push_bundle(zoo, made, HubClient(), private=private)


def push_zoo(
    repo: str,
    wanted: Filter | None = None,
    *,
    private: bool | None = None,
    dry_run: bool = False,
    registry: Registry | None = None,
    remark: Callable[[str], None] = lambda _: None,
    progress: Progress | None = None,
) -> Pushed:
    """Share many models in one repository, with vectors to search by; see `zoo.hub.shelving.shelf_of`.

    Args:
        repo: owner/name; made where there is none.
        wanted: only models that fit.
        private: as in `push_model`.
        dry_run: make all files, ask nobody, upload nothing.
        registry: the user's own zoo when absent.
        remark: hears which models are left out, for want of a licence or a fingerprint.
        progress: hears of fingerprints that had to be computed first, and of what is uploaded.

    Raises:
        BadRequest: nothing is left to push, or as in `push_model`.
        NetworkError: the Hub cannot be reached.
    """
    from zoo.hub.address import Address, checked_repo
    from zoo.hub.client import HubClient
    from zoo.hub.pushing import Pushed
    from zoo.hub.shelf_pushing import push_shelf
    from zoo.hub.shelving import shelf_of

    address = Address(checked_repo(repo))
    with tempfile.TemporaryDirectory(prefix="zoo-push-") as scratch:
        with opened(registry) as zoo:
            update_fingerprints(zoo, progress=progress)
            made = shelf_of(zoo, zoo.list(wanted), address, Path(scratch), remark)
        if dry_run:
            return Pushed(repo, "", made.sizes(), new=False)
        hears = progress or (lambda *_: None)
        return push_shelf(made, HubClient(), private=private, progress=hears)


def pull_from_hub(
    wanted: Sequence[Sought],
    *,
    registry: Registry | None = None,
    lock: str | Path | None = None,
    offline: bool = False,
    progress: Progress | None = None,
) -> list[Imported]:
    """Fetch models from the Hugging Face Hub into the zoo; see `zoo.hub.pulling.pull_repos`.

    Args:
        wanted: which models; see `zoo.hub.pulling`.
        registry: where to; the user's own zoo when absent.
        lock: a lockfile to note them in.
        offline: take them from the Hub client's cache alone.
        progress: hears of models.

    Raises:
        StoreError: the zoo cannot be written; what was pulled before stays.
    """
    from zoo.hub.client import HubClient
    from zoo.hub.pulling import pull_repos

    client, path = HubClient(offline=offline), Path(lock) if lock is not None else None
    with opened(registry) as zoo:
        verdicts = list(pull_repos(zoo, wanted, client, progress=progress, lock=path))
        make_searchable(zoo, progress)
    return verdicts
