"""``zoo pull``: models into the zoo, of a public collection or from the Hugging Face Hub."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.cli.filters import ArchOption, DeviceOption, GainOption, HiddenOption, LicenceOption, RateOption
from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, progress, remarks, steps
from zoo.cli.verdicts import print_verdicts
from zoo.errors import BadRequest

if TYPE_CHECKING:
    from registry.entering import Imported
    from registry.filters import Filter
    from zoo.hub.pulling import Sought

LOCK = Path("zoo.lock")


def pull(
    name: Annotated[
        str | None,
        typer.Argument(help="A collection (`zoo collections`), or owner/name[@revision] on the Hub."),
    ] = None,
    only: Annotated[str | None, typer.Option(help="Path or name with * and ?, such as '*TS9*'.")] = None,
    device: DeviceOption = None,
    gain: GainOption = None,
    arch: ArchOption = None,
    hidden: HiddenOption = None,
    rate: RateOption = None,
    licence: LicenceOption = None,
    collection: Annotated[
        str | None, typer.Option(help="A collection of the Hub, owner/collection: all its models.")
    ] = None,
    index_only: Annotated[
        bool,
        typer.Option("--index-only", help="Of a whole zoo: its list and vectors, for `zoo search --in`."),
    ] = False,
    lock: Annotated[
        bool, typer.Option("--lock", help="Note commits and hashes in zoo.lock; so if it is there.")
    ] = False,
    locked: Annotated[
        bool, typer.Option("--locked", help="Exactly what zoo.lock names, to the byte.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="From the Hub's cache on this machine.")] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Fetch models of a public collection or from the Hub, prove them by their hashes, let them into the zoo.

    What is there already is not fetched again, and an interrupted pull goes on where it was. Exit code 0: all
    of them are in the zoo; 2: at least one was refused; 3: at least one could not be fetched. TONEZOO_MIRROR
    names a server to ask in place of a collection's own; HF_ENDPOINT, HF_HOME, HF_TOKEN and HF_HUB_OFFLINE
    are the Hub client's.

    Example: zoo pull guitarml-tone-library --only "*TS9*"
    """
    from registry.filters import Filter

    wanted = Filter(device, gain, arch, hidden, rate, licence)
    from_hub = bool(collection or locked or (name and "/" in name))
    if from_hub:
        if wanted != Filter():
            raise BadRequest(
                "filters are for public collections; `zoo search` filters the Hub and whole zoos"
            )
        if index_only:
            _index(name or "", offline, as_json, quiet)
            return
        if only is not None and (lock or locked or collection):
            raise BadRequest("--only chooses from one whole zoo, without --lock, --locked and --collection")
        sought = _sought(name, collection, locked, offline) if only is None else _some(name, only, offline)
        verdicts = _from_hub(sought, lock, offline, quiet, noted=only is None)
    elif name is None:
        raise BadRequest("a collection or owner/name is expected, or --collection, or --locked")
    elif lock or offline or index_only:
        raise BadRequest(
            "--lock, --offline and --index-only are for the Hub; public collections are pinned in any case"
        )
    else:
        verdicts = _collection(name, only, wanted, quiet)
    print_verdicts(verdicts, as_json=as_json, quiet=quiet)


def _collection(name: str, only: str | None, wanted: Filter, quiet: bool) -> list[Imported]:
    from registry.collections import bytes_of, collection
    from zoo.api import open_registry, pull_collection
    from zoo.cli.collections import size

    chosen = collection(name)
    files = chosen.choose(wanted, only)
    print_remark(
        f"{chosen.title}: {len(files)} of {len(chosen.files)} files, {size(bytes_of(files))}, "
        f"from {chosen.repository} @ {chosen.commit[:12]}, licence {chosen.licence}",
        quiet=quiet,
    )
    with open_registry(remark=remarks(quiet)) as registry, progress(quiet=quiet) as bar:
        return pull_collection(chosen, only=only, wanted=wanted, registry=registry, progress=steps(bar))


def _sought(name: str | None, collection: str | None, locked: bool, offline: bool) -> list[Sought]:
    """The models that are meant: one, those of a collection, those of zoo.lock."""
    from zoo.hub.address import parse_address
    from zoo.hub.client import HubClient
    from zoo.hub.pulling import Sought, collection_models, locked_models

    if (name is not None) + (collection is not None) > 1 or (locked and collection):
        raise BadRequest("one of owner/name, --collection and --locked is expected")
    if collection:
        return collection_models(HubClient(offline=offline), collection)
    if not locked:
        return [Sought(parse_address(name or ""))]
    models = locked_models(LOCK)
    chosen = [model for model in models if name is None or model.address.repo == name]
    if not chosen:
        raise BadRequest(f"{name} is not in {LOCK}; `zoo pull {name} --lock` adds it")
    return chosen


def _some(name: str | None, only: str, offline: bool) -> list[Sought]:
    """Models of a whole zoo, by a pattern."""
    from zoo.hub.address import parse_address
    from zoo.hub.client import HubClient
    from zoo.hub.shelves import shelf_models

    return shelf_models(HubClient(offline=offline), parse_address(name or ""), only)


def _index(name: str, offline: bool, as_json: bool, quiet: bool) -> None:
    from zoo.api import open_registry
    from zoo.hub.address import parse_address
    from zoo.hub.client import HubClient
    from zoo.hub.shelves import keep_shelf

    address = parse_address(name)
    with open_registry(remark=remarks(quiet)) as registry, progress(quiet=quiet) as bar:
        shelf = keep_shelf(registry, HubClient(offline=offline), address, steps(bar))
    if as_json:
        print_json({"repo": address.repo, "models": shelf.models})
        return
    print(f"{shelf.models} models of {address.repo} can be searched: zoo search --in {address.repo}")


def _from_hub(wanted: list[Sought], lock: bool, offline: bool, quiet: bool, *, noted: bool) -> list[Imported]:
    from zoo.api import open_registry, pull_from_hub

    note = LOCK if noted and (lock or LOCK.exists()) else None
    with open_registry(remark=remarks(quiet)) as registry, progress(quiet=quiet) as bar:
        return pull_from_hub(wanted, registry=registry, lock=note, offline=offline, progress=steps(bar))
