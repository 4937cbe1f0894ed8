"""The JSON schema of manifests; ``python -m registry.schema`` writes it to ``manifests/schema/``."""

from __future__ import annotations

import json
from pathlib import Path

from registry.manifest import Manifest
from zoo.files import write_atomically

SCHEMA_PATH = Path(__file__).resolve().parent.parent / "manifests" / "schema" / "model.schema.json"


def json_schema() -> bytes:
    """The schema of ``zoo.json`` as a file, for tools that do not speak Python."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Manifest.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False).encode() + b"\n"


if __name__ == "__main__":
    SCHEMA_PATH.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(SCHEMA_PATH, json_schema())
