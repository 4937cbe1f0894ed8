"""The whole way shown at once: `zoo demo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from registry import Registry
from zoo.api.home import open_registry

if TYPE_CHECKING:
    from zoo.demonstrating import Demonstrated, Listeners, Plan


def demonstrate(
    out: str | Path, *, plan: Plan | None = None, into: Registry | None = None,
    listeners: Listeners | None = None,
) -> Demonstrated:  # fmt: skip
    """Go from a pedal to a plugin in a folder, ending with a page; see `zoo.demonstrating.demonstrate`.

    Args:
        out: new, empty, or of the same demonstration, which then goes on.
        plan: what is shown.
        into: a zoo that the tuned and the pruned model are entered in too; none by default.
        listeners: hear of progress.

    Raises:
        BadRequest: ``out`` holds something else, or there is no such circuit.
        StoreError: the disk is full or may not be written.
    """
    from training.circuits import find_circuit
    from zoo.api.models import import_models
    from zoo.demonstrating import DemoFolder, Listeners, Plan
    from zoo.demonstrating import demonstrate as go

    plan, listeners = plan or Plan(), listeners or Listeners()
    find_circuit(plan.circuit)
    place = DemoFolder(Path(out))
    place.begin(plan)
    with open_registry(place.zoo, remark=listeners.remark) as registry:
        made = go(plan, place.path, registry, listeners)
    if into is not None and not made.interrupted:
        import_models([place.model("tuned"), place.model("pruned")], registry=into)
    return made
