"""Draw the pictures of docs/how-it-works/pruning.md from the tables beside it.

    python manifests/draw_pruning.py

The tables are trainings.csv and searches.csv of ``zoo study``; it draws the same pictures of its own.
"""

from __future__ import annotations

import csv
from pathlib import Path

from zoo.studying.pictures import draw_searches, draw_trainings

DOCS = Path(__file__).parents[1] / "docs" / "how-it-works"


def main() -> None:
    """See the module."""
    for name, draw in (("trainings", draw_trainings), ("searches", draw_searches)):
        with (DOCS / f"pruning-{name}.csv").open(encoding="utf-8") as file:
            draw(DOCS / f"pruning-{name}.png", list(csv.DictReader(file)))


if __name__ == "__main__":
    main()
