"""tonezoo: a model zoo of neural guitar amps and pedals that says which model to start from.

Everything public is here; the modules behind the names load when a name is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from registry.filters import Filter as Filter
    from zoo.api import export_model as export_model
    from zoo.api import import_models as import_models
    from zoo.api import list_models as list_models
    from zoo.api import load_model as load_model
    from zoo.api import open_registry as open_registry
    from zoo.api import prune as prune
    from zoo.api import pull_collection as pull_collection
    from zoo.api import render_file as render_file
    from zoo.api import suggest as suggest
    from zoo.api import tune as tune
    from zoo.capture import Capture as Capture
    from zoo.capture import load_capture as load_capture
    from zoo.engine import render as render
    from zoo.formats import read_model as read_model
    from zoo.formats import write_model as write_model
    from zoo.snapshot import Metadata as Metadata
    from zoo.snapshot import Snapshot as Snapshot

__version__ = "0.1.0"

# Public name -> the module it lives in.
_PUBLIC = {
    "Capture": "zoo.capture",
    "Filter": "registry.filters",
    "Metadata": "zoo.snapshot",
    "Snapshot": "zoo.snapshot",
    "export_model": "zoo.api",
    "import_models": "zoo.api",
    "list_models": "zoo.api",
    "load_capture": "zoo.capture",
    "load_model": "zoo.api",
    "open_registry": "zoo.api",
    "prune": "zoo.api",
    "pull_collection": "zoo.api",
    "read_model": "zoo.formats",
    "render": "zoo.engine",
    "render_file": "zoo.api",
    "suggest": "zoo.api",
    "tune": "zoo.api",
    "write_model": "zoo.formats",
}
__all__ = [*_PUBLIC, "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'zoo' has no attribute {name!r}")
    return getattr(importlib.import_module(_PUBLIC[name]), name)
