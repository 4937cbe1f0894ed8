"""Where the zoo lives."""

from __future__ import annotations

import os
from pathlib import Path


def home_folder(home: str | Path | None = None) -> Path:
    """Where the zoo lives: ``home``, else ``ZOO_HOME``, else the user's data folder."""
    if home is None:
        home = os.environ.get("ZOO_HOME") or None
    if home is None:
        from platformdirs import user_data_path

        home = user_data_path("tonezoo", appauthor=False)
    return Path(home).expanduser().absolute()
