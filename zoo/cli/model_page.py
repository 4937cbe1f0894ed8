"""The page that a new model leaves in its folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zoo.cli.output import print_remark
from zoo.errors import ZooError

if TYPE_CHECKING:
    from registry import Registry


def leave_page(
    folder: Path,
    capture: Path | None,
    *,
    dry: Path | None,
    wet: Path | None,
    registry: Registry,
    quiet: bool,
    before: Path | None = None,
) -> None:
    """Write report.html into a model's folder, see `zoo.api.write_model_report`.

    Where that cannot be, it is remarked on: the model is made all the same.
    """
    from zoo.api import write_model_report

    page = folder / "report.html"
    try:
        write_model_report(folder, page, capture, dry=dry, wet=wet, before=before, registry=registry)
    except ZooError as error:
        print_remark(f"no report could be written: {error}", quiet=quiet)
