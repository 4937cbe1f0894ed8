"""``zoo search``: models by words, in the zoo or on the Hugging Face Hub."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.cli.filters import ArchOption, DeviceOption, GainOption, LicenceOption, RateOption
from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, print_table, remarks

if TYPE_CHECKING:
    from registry import Filter
    from zoo.hub.searching import Search


def search(
    query: Annotated[str, typer.Argument(help="Words, all of which must be there: 'plexi crunch'.")] = "",
    hub: Annotated[bool, typer.Option("--hub", help="Search the Hugging Face Hub.")] = False,
    inside: Annotated[
        str | None,
        typer.Option("--in", help="A whole zoo whose index was pulled, owner/name; 'all' of them."),
    ] = None,
    like: Annotated[Path | None, typer.Option(help="A capture: the nearest in --in come first.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A tag it must have, on the Hub; repeatable.")] = None,
    device: DeviceOption = None,
    gain: GainOption = None,
    arch: ArchOption = None,
    rate: RateOption = None,
    licence: LicenceOption = None,
    limit: Annotated[int, typer.Option(min=1, max=2000, help="At most so many.")] = 50,
    look_at: Annotated[
        int,
        typer.Option(min=1, max=1_000_000, help="Hold at most so many models of the Hub against the words."),
    ] = 2000,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Find models by name, device, gain class, tone and architecture.

    Offline (HF_HUB_OFFLINE), the zoo on this machine is searched in the Hub's stead.

    Example: zoo search "crunch amp"
    """
    from registry import Filter
    from zoo.hub.client import HubClient

    wanted = Filter(device, gain, arch, None, rate, licence)
    if inside or like:
        _search_shelves(query, wanted, inside, like, limit, as_json, quiet)
        return
    client = HubClient() if hub else None
    if client is not None and not client.offline:
        from zoo.hub.searching import search_hub

        search = search_hub(client, query, wanted, tags=tag or (), limit=limit, most=look_at)
        found = search.found
        if search.unseen:
            print_remark(_unseen(search, limit), quiet=quiet)
        if as_json:
            print_json([{**vars(one), "tags": list(one.tags)} for one in found])
            return
        rows = [(one.repo, ", ".join(one.tags), one.licence or "unknown", one.downloads) for one in found]
        print_table(("repository", "tags", "licence", "downloads"), rows, right=("downloads",))
        return
    if client is not None:
        print_remark("offline: the zoo on this machine is searched instead of the Hub", quiet=quiet)
    _search_zoo(query, wanted, limit, as_json, quiet)


def _unseen(search: Search, limit: int) -> str:
    if len(search.found) == limit:
        return f"there may be more than these {limit}; --limit shows more"
    return (
        f"only the first {search.looked_at} models of the Hub were looked at, and there are more; "
        "add a filter, or --look-at"
    )


def _search_zoo(query: str, wanted: Filter, limit: int, as_json: bool, quiet: bool) -> None:
    from zoo.api import open_registry, search_models

    with open_registry(remark=remarks(quiet)) as registry:
        found = search_models(query, wanted, registry=registry)[:limit]
    if as_json:
        print_json([model.model_dump(mode="json") for model in found])
        return
    rows = [
        (model.short_id, model.name, model.device, model.gain_class or "unknown", model.architecture)
        for model in found
    ]
    print_table(("id", "name", "device", "gain class", "architecture"), rows, least=("device",))


def _search_shelves(
    query: str, wanted: Filter, inside: str | None, like: Path | None, limit: int, as_json: bool, quiet: bool
) -> None:
    """Models of whole zoos, of which only the index is here."""
    from zoo.api import open_registry
    from zoo.capture import load_capture
    from zoo.hub.shelf_searching import search_shelves

    capture = load_capture(like) if like else None
    repo = None if inside in (None, "all") else inside
    with open_registry(remark=remarks(quiet)) as registry:
        found = search_shelves(registry, query, wanted, repo=repo, capture=capture, limit=limit)
    if as_json:
        rows = [{"repo": one.repo, "distance": one.distance, **one.model.model_dump()} for one in found]
        print_json(rows)
        return
    table = [
        (
            one.repo, one.model.id[:12], one.model.name, one.model.gain_class or "unknown",
            one.model.architecture, "" if one.distance is None else f"{one.distance:.2f}",
        )
        for one in found
    ]  # fmt: skip
    columns = ("repository", "id", "name", "gain class", "architecture", "distance")
    print_table(columns, table, right=columns[-1:], least=("architecture", "gain class"))
