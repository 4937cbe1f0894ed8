"""Imports a folder into a zoo as soon as a line comes in on stdin; prints the statuses as JSON."""

from __future__ import annotations

import json
import sys

from registry import Registry
from registry.importing import import_files
from zoo.formats import read_model

home, folder = sys.argv[1:]
assert read_model
print("ready", flush=True)
sys.stdin.readline()
with Registry(home) as registry:
    print(json.dumps([entry.status for entry in import_files(registry, [folder])]))
