"""What a user may decide once for all commands: a small JSON file, and environment variables before it.

The file is ``config.json`` in the user's configuration folder, or what ``TONEZOO_CONFIG`` names.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from zoo.errors import BadRequest, StoreError, WriteError
from zoo.files import write_atomically

FILE_VARIABLE = "TONEZOO_CONFIG"
MOST_BYTES = 65_536
LONGEST = 1_000


@dataclass(frozen=True)
class Preference:
    """A value as it counts now.

    Attributes:
        key: one of `KEYS`.
        value: None where nothing was decided.
        source: the environment variable or the file that says so; None where nothing does.
    """

    key: str
    value: str | None
    source: str | None


# Key -> what it decides, and the environment variable that comes before the file.
KEYS: Mapping[str, tuple[str, str]] = {
    "home": ("the folder of your zoo", "ZOO_HOME"),
    "mirror": ("where public collections are fetched from instead of their own hosts", "TONEZOO_MIRROR"),
    "author": ("your name in the models that you make", "TONEZOO_AUTHOR"),
    "licence": (
        "the licence of models that you push and that have none, such as CC-BY-4.0",
        "TONEZOO_LICENCE",
    ),
}


def preference(key: str) -> str | None:
    """What counts for ``key`` now; None where nothing was decided.

    Raises:
        StoreError: the file is damaged.
    """
    return os.environ.get(KEYS[key][1]) or _read().get(key)


def preferences() -> list[Preference]:
    """All of `KEYS`, in order.

    Raises:
        StoreError: the file is damaged.
    """
    written, path = _read(), str(config_file())
    found = []
    for key, (_, variable) in KEYS.items():
        if os.environ.get(variable):
            found.append(Preference(key, os.environ[variable], variable))
        else:
            found.append(Preference(key, written.get(key), path if key in written else None))
    return found


def decide(key: str, value: str | None) -> None:
    """Write ``value`` into the file; None takes the key out of it.

    Raises:
        BadRequest: there is no such key, or the value is empty, too long or not printable.
        StoreError: the file is damaged.
        WriteError: it cannot be written.
    """
    if key not in KEYS:
        raise BadRequest(f"there is nothing to decide about {key!r}; there is {', '.join(KEYS)}")
    if value is not None and (not value.strip() or len(value) > LONGEST or not value.isprintable()):
        raise BadRequest(f"{key} must be 1 to {LONGEST} printable characters")
    written = {k: v for k, v in {**_read(), key: value}.items() if v is not None}
    path = config_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(path.parent, f"cannot be made ({error.strerror or error})") from error
    write_atomically(path, json.dumps(written, indent=2, ensure_ascii=False).encode() + b"\n")


def config_file() -> Path:
    """Where the file is, whether there is one or not."""
    named = os.environ.get(FILE_VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    from platformdirs import user_config_path

    return user_config_path("tonezoo", appauthor=False) / "config.json"


def _read() -> dict[str, str]:
    path = config_file()
    try:
        if not path.is_file():
            return {}
        with path.open("rb") as file:
            content = json.loads(file.read(MOST_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        raise StoreError(f"{path} cannot be read ({error}); mend it or remove it") from error
    if not isinstance(content, dict) or not all(isinstance(value, str) for value in content.values()):
        raise StoreError(f"{path} must be one JSON object of words; mend it or remove it")
    return {key: value for key, value in content.items() if key in KEYS and value}
