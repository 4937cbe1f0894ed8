"""Where the zoo lives."""

from __future__ import annotations

from pathlib import Path

from zoo.preferences import preference


def home_folder(home: str | Path | None = None) -> Path:
    """Where the zoo lives: ``home``, else ``ZOO_HOME`` or `zoo config home`, else the user's data folder."""
    if home is None:
        home = preference("home")
    if home is None:
        from platformdirs import user_data_path

        home = user_data_path("tonezoo", appauthor=False)
    return Path(home).expanduser().absolute()
