"""``zoo pull``: models of a public collection into the zoo."""

from __future__ import annotations

from typing import Annotated

import typer

from zoo.cli.filters import ArchOption, DeviceOption, GainOption, HiddenOption, LicenceOption, RateOption
from zoo.cli.output import JsonOption, QuietOption, print_remark, progress, remarks, steps
from zoo.cli.verdicts import print_verdicts


def pull(
    name: Annotated[str, typer.Argument(help="A collection; `zoo collections` lists them.")],
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
    """Fetch models of a public collection, prove them by their hashes, and let them into the zoo.

    What is there already is not fetched again, and an interrupted pull goes on where it was. Exit code 0: all
    of them are in the zoo; 2: at least one was refused; 3: at least one could not be fetched. TONEZOO_MIRROR
    names a server to ask in place of the collection's own.

    Example: zoo pull guitarml-tone-library --only "*TS9*"
    """
    from registry.collections import bytes_of, collection
    from registry.filters import Filter
    from zoo.api import open_registry, pull_collection
    from zoo.cli.collections import size

    chosen = collection(name)
    wanted = Filter(device, gain, arch, hidden, rate, licence)
    files = chosen.choose(wanted, only)
    print_remark(
        f"{chosen.title}: {len(files)} of {len(chosen.files)} files, {size(bytes_of(files))}, "
        f"from {chosen.repository} @ {chosen.commit[:12]}, licence {chosen.licence}",
        quiet=quiet,
    )
    with open_registry(remark=remarks(quiet)) as registry, progress(quiet=quiet) as bar:
        verdicts = pull_collection(chosen, only=only, wanted=wanted, registry=registry, progress=steps(bar))
    print_verdicts(verdicts, as_json=as_json, quiet=quiet)
