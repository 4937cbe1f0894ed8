"""Where the C++ of engine and pedal lies: beside the packages in a checkout, in this one in a wheel."""

from __future__ import annotations

from pathlib import Path

from zoo.errors import StoreError

CHECKOUT = Path(__file__).resolve().parents[1] / "bela"
INSTALLED = Path(__file__).resolve().parent / "bela_sources"


def board_sources() -> Path:
    """The folder of ``app/``, ``engine/``, ``host/`` and ``tools/``, as ``bela/`` in the repository.

    Raises:
        StoreError: this installation lacks it.
    """
    for folder in (CHECKOUT, INSTALLED):
        if (folder / "engine" / "recurrent.h").is_file():
            return folder
    raise StoreError(f"{INSTALLED} is missing: the installation is not whole; install tonezoo again")
