"""What models exist and where: manifests, the local store, the catalogue."""

from __future__ import annotations

from registry.facts import Facts
from registry.filters import Filter
from registry.manifest import Device, Manifest, Origin
from registry.registry import Registry

__all__ = ["Device", "Facts", "Filter", "Manifest", "Origin", "Registry"]
