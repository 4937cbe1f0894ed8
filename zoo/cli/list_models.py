"""``zoo list``: which models are in the zoo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from zoo.cli.filters import (
    ArchOption,
    DeviceOption,
    GainOption,
    HiddenOption,
    LicenceOption,
    RateOption,
)
from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, print_table, remarks

if TYPE_CHECKING:
    from registry.manifest import Fact, Manifest

_COLUMNS = ("id", "name", "device", "gain", "architecture", "rate", "licence")


def list_models(
    device: DeviceOption = None,
    gain: GainOption = None,
    arch: ArchOption = None,
    hidden: HiddenOption = None,
    rate: RateOption = None,
    licence: LicenceOption = None,
    name: Annotated[str | None, typer.Option(help="Name with * and ?; all names of a sound count.")] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """List the models in the zoo; every condition given must hold. A star marks what only a file's name says.

    Example: zoo list --gain clean --arch LSTM
    """
    from registry.filters import Filter
    from registry.models import ModelList
    from zoo.api import open_registry

    wanted = Filter(device, gain, arch, hidden, rate, licence, name)
    with open_registry(remark=remarks(quiet)) as registry:
        models = ModelList(registry.list(wanted))
    if as_json:
        print_json([model.model_dump(mode="json") for model in models])
        return
    print_table(_COLUMNS, map(_cells, models), right=("rate",), least=("rate", "licence", "device"))
    print_remark(f"{len(models)} model{'s' * (len(models) != 1)}", quiet=quiet)


def _cells(model: Manifest) -> tuple[object, ...]:
    device = f"{model.device}{_star(model, 'make', 'model')}"
    gain = f"{model.gain_class or 'unknown'}{_star(model, 'gain_class')}"
    rate = f"{model.sample_rate}{'?' * model.sample_rate_assumed}"
    licence = model.licence or "unknown"
    name = model.name + "".join(f" (also {other})" for other in model.names[1:])
    return model.short_id, name, device, gain, model.architecture, rate, licence


def _star(model: Manifest, *facts: Fact) -> str:
    return "*" * any(model.facts_from.get(fact) == "file name" for fact in facts)
