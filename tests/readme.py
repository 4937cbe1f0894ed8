"""The README's commands, so that CI and the tests run what a reader would type.

``python tests/readme.py test`` prints the block that follows the line ``<!-- command: test -->``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"


def command(name: str) -> str:
    """The shell block that the README marks with ``name``."""
    pattern = rf"<!-- command: {re.escape(name)} -->\s*```(?:bash|sh|console)\n(.*?)```"
    match = re.search(pattern, README.read_text(encoding="utf-8"), flags=re.DOTALL)
    if match is None:
        raise SystemExit(f"README.md has no block marked <!-- command: {name} -->")
    return match.group(1)


if __name__ == "__main__":
    sys.stdout.write(command(sys.argv[1]))
