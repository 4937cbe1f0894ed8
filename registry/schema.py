"""The JSON schemas of manifests and collections; ``python -m registry.schema`` writes them."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel

from registry.collections import Collection
from registry.manifest import Manifest
from zoo.files import write_atomically

FOLDER = Path(__file__).resolve().parent.parent / "manifests" / "schema"
SCHEMAS: dict[str, type[BaseModel]] = {"model.schema.json": Manifest, "collection.schema.json": Collection}


def json_schema(name: str = "model.schema.json") -> bytes:
    """One of `SCHEMAS` as a file, for tools that do not speak Python."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **SCHEMAS[name].model_json_schema(),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False).encode() + b"\n"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for _name in SCHEMAS:
        write_atomically(FOLDER / _name, json_schema(_name))
