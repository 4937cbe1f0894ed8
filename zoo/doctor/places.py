"""Where zoo keeps things: the zoo's folder, its index, the Hub's cache and address."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from zoo.doctor.checkup import Checkup
from zoo.errors import StoreError, ZooError
from zoo.preferences import preferences

LITTLE_BYTES = 500_000_000
ELSEWHERE = "choose another folder with ZOO_HOME, or mend that one"


def look_at_places() -> Iterator[Checkup]:
    """Preferences, zoo, index, disk and Hub."""
    try:
        decided = ", ".join(f"{p.key} from {p.source}" for p in preferences() if p.source)
        yield Checkup("preferences", "good", decided or "none; see `zoo config`")
        yield from _zoo()
    except StoreError as error:
        yield Checkup("zoo", "trouble", str(error), ELSEWHERE)
    yield _hub()


def _zoo() -> Iterator[Checkup]:
    from zoo.api.home import open_registry

    said: list[str] = []
    with open_registry(remark=said.append) as registry:
        count = len(registry.list())
        found = f"{count} models in {registry.home}"
        writable = os.access(registry.home, os.W_OK)
        if not registry.home.is_dir():
            yield Checkup("zoo", "trouble", f"{registry.home} is no folder and cannot be made one", ELSEWHERE)
            return
        if not writable:
            yield Checkup("zoo", "note", f"{found}, which may not be written", ELSEWHERE)
        elif count == 0:
            yield Checkup("zoo", "note", found, "`zoo pull --help` says how to fill it")
        else:
            yield Checkup("zoo", "note" if said else "good", "; ".join([found, *said]))
        yield _index(registry.home)
        yield _disk(registry.home)


def _index(home: Path) -> Checkup:
    from recommender.fingerprint import FINGERPRINT_KEY
    from recommender.index import Index, StaleIndex
    from recommender.vectors import vectors_key
    from zoo.upkeep import INDEX_NAME

    version = f"probe and features {FINGERPRINT_KEY[:8]}, vectors {vectors_key()[:8]}"
    try:
        index = Index.load(home / INDEX_NAME, f"{FINGERPRINT_KEY}-{vectors_key()}")
    except FileNotFoundError:
        return Checkup("index", "note", f"not made yet; {version}", "the next `zoo suggest` makes it")
    except StaleIndex as error:
        return Checkup("index", "note", f"{error}; {version}", "the next `zoo suggest` makes it again")
    return Checkup("index", "good", f"{len(index)} models; {version}")


def _disk(home: Path) -> Checkup:
    free = shutil.disk_usage(home).free
    found = f"{free / 1e9:.1f} GB free"
    if free >= LITTLE_BYTES:
        return Checkup("disk", "good", found)
    return Checkup(
        "disk", "note", found, f"free space, or move the zoo: {LITTLE_BYTES / 1e6:.0f} MB are wanted"
    )


def _hub() -> Checkup:
    from zoo.hub.client import HubClient

    try:
        client = HubClient()
    except ZooError as error:
        return Checkup("Hub", "trouble", str(error), "set HF_ENDPOINT right, or unset it")
    from huggingface_hub import constants, get_token

    token = "logged in" if get_token() else "not logged in (only `zoo push` needs it: `zoo login`)"
    offline = ", offline by HF_HUB_OFFLINE" if client.offline else ""
    return Checkup(
        "Hub", "good", f"{client.api.endpoint}{offline}, {token}, cache in {constants.HF_HUB_CACHE}"
    )
