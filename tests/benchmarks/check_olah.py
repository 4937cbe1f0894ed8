"""The read side against olah, a mirror of the Hub by other people: pull a model through it, twice.

``pip install olah``, in an environment of its own; ``python tests/benchmarks/check_olah.py PATH/olah-cli``

olah stands between the real client and the strict Hub of ``tests/hub``. The second pull, into another zoo and
another cache, must come out of olah's own store, without a body from the Hub. Checked with olah 0.5.4.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "hub"))


@contextmanager
def olah(command: str, upstream: str, folder: Path) -> Iterator[str]:
    """The mirror; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = f"127.0.0.1:{port}"
    places = ["--hf-netloc", upstream, "--hf-lfs-netloc", upstream, "--mirror-netloc", here]
    places += ["--mirror-lfs-netloc", here, "--repos-path", str(folder / "repos"), "--log-path", str(folder)]
    schemes = ["--hf-scheme", "http", "--mirror-scheme", "http", "--host", "127.0.0.1", "--port", str(port)]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    with (folder / "olah.txt").open("wb") as log:
        mirror = subprocess.Popen([command, *schemes, *places], cwd=folder, env=plain, stdout=log, stderr=log)
    try:
        wait_for(port)
        yield f"http://{here}"
    finally:
        mirror.terminate()
        mirror.wait(10)


def wait_for(port: int) -> None:
    """Until somebody listens there."""
    for _ in range(120):
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.5)
    raise SystemExit("olah does not listen")


def point_at(endpoint: str, cache: Path) -> None:
    """Let the client ask there, with an empty cache."""
    from huggingface_hub import constants

    constants.ENDPOINT = endpoint
    constants.HUGGINGFACE_CO_URL_TEMPLATE = endpoint + "/{repo_id}/resolve/{revision}/{filename}"
    constants.HF_HUB_CACHE = str(cache)


def main() -> int:
    """0 when both pulls succeeded, and the second cost the Hub no body."""
    from hub_server import TOKEN, serving_hub
    from soak_hub import lighten, prepare

    with tempfile.TemporaryDirectory(prefix="zoo-olah-") as scratch, serving_hub() as hub:
        folder = Path(scratch)
        os.environ |= {"HF_TOKEN": TOKEN, "HF_HUB_DISABLE_XET": "1", "HF_HOME": str(folder / "hf")}
        model, *_ = prepare(folder / "mine")
        lighten()
        point_at(hub.url, folder / "cache")
        push(folder / "mine", model)
        with olah(sys.argv[1], hub.url.removeprefix("http://"), folder) as mirror:
            bodies = [pulled(hub, mirror, folder / f"zoo-{n}", folder / f"cache-{n}") for n in (1, 2)]
        print(f"two models pulled through olah; bodies asked of the Hub: {bodies[0]}, then {bodies[1]}")
        return 0 if bodies[0] == 3 and bodies[1] == 0 else 1


def push(home: Path, model: str) -> None:
    """Put a model on the Hub itself."""
    from registry import Registry
    from zoo.api import push_model

    with Registry(home) as registry:
        push_model(model, "me/amp", registry=registry)


def pulled(hub: Any, mirror: str, home: Path, cache: Path) -> int:
    """Pull the model through the mirror; how many bodies the Hub had to send for it."""
    from registry import Registry
    from zoo.hub.address import parse_address
    from zoo.hub.client import HubClient
    from zoo.hub.pulling import Sought, pull_repos

    point_at(mirror, cache)
    hub.asked.clear()
    with Registry(home) as registry:
        (verdict,) = pull_repos(registry, [Sought(parse_address("me/amp"))], HubClient())
        if verdict.status != "imported" or registry.verify():
            raise SystemExit(f"not pulled: {verdict}")
    return sum(asked.startswith("GET /me/amp/resolve/") for asked in hub.asked)


if __name__ == "__main__":
    sys.exit(main())
