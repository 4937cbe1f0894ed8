"""``zoo collections``: the public collections, and what is in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from zoo.cli.filters import ArchOption, DeviceOption, GainOption, HiddenOption, LicenceOption, RateOption
from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, print_table, remarks

if TYPE_CHECKING:
    from registry.collections import Collection, CollectionFile

_COLLECTION_COLUMNS = ("name", "files", "in the zoo", "size", "licence", "repository", "title")
_FILE_COLUMNS = ("path", "device", "gain", "architecture", "rate", "size", "in the zoo")


def collections(
    name: Annotated[str | None, typer.Argument(help="Show the files of this collection.")] = None,
    only: Annotated[str | None, typer.Option(help="Path or name with * and ?, such as '*TS9*'.")] = None,
    device: DeviceOption = None,
    gain: GainOption = None,
    arch: ArchOption = None,
    hidden: HiddenOption = None,
    rate: RateOption = None,
    licence: LicenceOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """List the public collections that `zoo pull` can fetch, or the files of one.

    A star marks what only a file's name says, a question mark a sample rate that its format assumes.

    Example: zoo collections guitarml-tone-library --gain clean
    """
    from registry.collections import collection, known_files
    from registry.collections import collections as all_collections
    from registry.filters import Filter
    from zoo.api import open_registry

    wanted = Filter(device, gain, arch, hidden, rate, licence)
    chosen = [collection(name)] if name else list(all_collections())
    files = {entry.name: entry.choose(wanted, only) for entry in chosen}
    with open_registry(remark=remarks(quiet)) as registry:
        here = set(known_files(registry.list()))
    if name:
        _print_files(chosen[0], files[name], here, as_json=as_json, quiet=quiet)
        return
    rows = [_row(entry, files[entry.name], here) for entry in chosen]
    if as_json:
        print_json(rows)
        return
    table = [tuple({**row, "bytes": size(row["bytes"])}.values()) for row in rows]
    print_table(
        _COLLECTION_COLUMNS, table, right=("files", "in the zoo", "size"), least=("title", "repository")
    )


def _row(entry: Collection, files: tuple[CollectionFile, ...], here: set[str]) -> dict[str, Any]:
    from registry.collections import bytes_of

    return {
        "name": entry.name,
        "files": len(files),
        "in_the_zoo": sum(file.sha256 in here for file in files),
        "bytes": bytes_of(files),
        "licence": entry.licence,
        "repository": entry.repository,
        "title": entry.title,
    }


def _print_files(
    entry: Collection, files: tuple[CollectionFile, ...], here: set[str], *, as_json: bool, quiet: bool
) -> None:
    if as_json:
        print_json([_document(entry, file, here) for file in files])
        return
    cells = (_cells(file, here) for file in files)
    print_table(_FILE_COLUMNS, cells, right=("rate", "size"), least=("rate", "in the zoo", "size", "device"))
    print_remark(
        f"{len(files)} of {len(entry.files)} files of {entry.repository} @ {entry.commit[:12]}, "
        f"licence {entry.licence}; `zoo pull {entry.name}` fetches them",
        quiet=quiet,
    )


def _document(entry: Collection, file: CollectionFile, here: set[str]) -> dict[str, Any]:
    more = {"licence": file.licence or entry.licence, "url": entry.url_of(file)}
    return {**file.model_dump(mode="json"), **more, "in_the_zoo": file.sha256 in here}


def _cells(file: CollectionFile, here: set[str]) -> tuple[object, ...]:
    named = {fact for fact, source in file.facts_from.items() if source == "file name"}
    device = f"{file.device}{'*' * bool(named & {'make', 'model'})}"
    gain = f"{file.gain_class or 'unknown'}{'*' * ('gain_class' in named)}"
    rate = f"{file.sample_rate}{'?' * file.sample_rate_assumed}"
    there = "yes" if file.sha256 in here else "no"
    return file.path, device, gain, file.architecture, rate, size(file.bytes), there


def size(count: int) -> str:
    """Bytes as people read them.

    >>> size(40673), size(7301430)
    ('41 kB', '7.3 MB')
    """
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"
