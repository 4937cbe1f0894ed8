"""Pushes and pulls for hours: random faults of the Hub, ``kill -9`` at random moments, two at the same model.

``python tests/benchmarks/soak_hub.py --cycles 1000``

Every push changes something, and before a pull the model is often removed from the zoo and the client's cache
thrown away, so that there is always work to be interrupted. After every cycle the zoo must verify clean,
nothing that was in it may be missing, no model may be there in part, and the head of every repository must be
whole. The Hub is the strict one of ``tests/hub``, in a process of its own; whatever it complains of counts as
a failure. At the end every model is pulled once more, without faults, into a fresh zoo.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "hub"))

FAULTS = ("429", "500", "503", "cut", "flip", "hang up")
MODELS = 12
LONGEST_LIFE_S = 0.8
LICENCES = ("MIT", "CC0-1.0", "CC-BY-4.0")


def serve(ready: Any, seed: int, calm: Any) -> None:
    """The Hub, in a process of its own; every fifth answer goes wrong unless ``calm`` is set."""
    import hub_server

    chance = random.Random(seed)
    hub_server.Hub.fault = lambda *_: (  # type: ignore[method-assign]
        chance.choice(FAULTS) if not calm.is_set() and chance.random() < 0.2 else ""
    )
    with hub_server.serving_hub() as hub:
        ready.send(hub.url)
        while (asked := ready.recv()) is not None:
            broken = [repo.id for repo in hub.repos.values() if not whole(repo.files)]
            ready.send((list(hub.complaints), broken, len(hub.asked)))
            del asked


def whole(files: dict[str, bytes]) -> bool:
    """Whether the head of a repository is as pushed, or has never been pushed to."""
    from registry.manifest import manifest_from_bytes

    if "zoo.json" not in files:
        return set(files) == {".gitattributes"}
    records = manifest_from_bytes(files["zoo.json"]).files
    return all(hashlib.sha256(files.get(path, b"")).hexdigest() == r.sha256 for path, r in records.items())


def prepare(home: Path) -> list[str]:
    """A zoo of small models to push; their ids."""
    import numpy as np

    from registry import Facts, Registry
    from zoo.architecture import Recurrent
    from zoo.snapshot import Metadata, Snapshot

    architecture, ids = Recurrent("LSTM", 4), []
    with Registry(home) as registry:
        for seed in range(MODELS):
            rng = np.random.default_rng(seed)
            shapes = architecture.required_shapes()
            weights = {n: rng.normal(0, 0.3, s).astype(np.float32) for n, s in shapes.items()}
            snapshot = Snapshot(architecture, weights, 44_100, metadata=Metadata(name=f"Model {seed}"))
            ids.append(registry.add(snapshot, facts=Facts(licence="MIT"))[0].id)
    return ids


def lighten() -> None:
    """Leave out what takes time and touches no store: attachments and listening."""
    from registry import courtesy
    from zoo.gate import hearing
    from zoo.hub import bundle

    courtesy.FIRST_WAIT_S = 0.0
    bundle.exports_of = bundle.audio_files = bundle.pictures = lambda *_: {}  # type: ignore[assignment]
    hearing.hear = lambda _: None  # type: ignore[assignment, return-value]


def push(home: Path, model: str, repo: str, licence: str = "MIT") -> None:
    """Push one model."""
    from registry import Registry
    from zoo.api import push_model

    with Registry(home) as registry:
        push_model(model, repo, licence=licence, registry=registry)


def pull(home: Path, repo: str) -> None:
    """Pull one model, and note it in a lockfile."""
    from registry import Registry
    from zoo.hub.address import parse_address
    from zoo.hub.client import HubClient
    from zoo.hub.pulling import Sought, pull_repos

    with Registry(home) as registry:
        sought = [Sought(parse_address(repo))]
        for _ in pull_repos(registry, sought, HubClient(), lock=home / "zoo.lock"):
            pass


def forget(home: Path, model: str, chance: random.Random) -> set[str]:
    """Remove a model from a zoo half of the time, and the client's cache a quarter; what was removed."""
    from registry import Registry
    from zoo.errors import NotInZoo

    if chance.random() < 0.25:
        shutil.rmtree(os.environ["HF_HOME"], ignore_errors=True)
    if chance.random() < 0.5 or not home.exists():
        return set()
    with Registry(home) as registry:
        try:
            registry.remove([model])
        except NotInZoo:
            return set()
    return {model}


def fork(work: Callable[[], None]) -> int:
    """Do the work in a process of its own; its id."""
    child = os.fork()
    if child:
        return child
    from zoo.errors import ZooError

    code = 0
    try:
        work()
    except ZooError:
        code = 4
    except BaseException as error:
        print(f"bug: {type(error).__name__}: {error}", file=sys.stderr)
        code = 5
    os._exit(code)


def ended(child: int, life_s: float | None) -> str:
    """How a child came to its end, by a kill after ``life_s`` or on its own."""
    deadline = None if life_s is None else time.monotonic() + life_s
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            names = {0: "done", 4: "gave up with a sentence", 5: "BUG"}
            return "killed" if os.WIFSIGNALED(status) else names.get(os.WEXITSTATUS(status), "BUG")
        if deadline is not None and time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.002)


def damage(home: Path, before: set[str]) -> tuple[list[str], set[str]]:
    """What is wrong with a zoo, and what is in it."""
    from registry import Registry

    if not home.exists():
        return [], before
    found: list[str] = []
    with Registry(home, remark=found.append) as registry:
        found += [entry.reason for entry in registry.verify()]
        there = {model.id for model in registry.list()}
        if sorted(there) != registry.store.ids():
            found.append("the catalogue does not fit the store")
    if before - there:
        found.append(f"{len(before - there)} models are lost")
    lock = home / "zoo.lock"
    if lock.exists():
        from zoo.hub.lockfile import read_lockfile

        read_lockfile(lock)
    return found, there


@contextmanager
def hub_process(seed: int) -> Iterator[tuple[Any, Any]]:
    """The Hub, and the client pointed at it; calm when the event is set."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    calm = context.Event()
    process = context.Process(target=serve, args=(there, seed, calm), daemon=True)
    process.start()
    os.environ |= {"HF_ENDPOINT": here.recv(), "HF_TOKEN": "hf_testTOKENtest", "HF_HUB_DISABLE_XET": "1"}
    try:
        yield here, calm
    finally:
        here.send(None)
        process.join(5)


def cycles(count: int, chance: random.Random, folder: Path, ids: list[str]) -> tuple[Counter[str], list[str]]:
    """The soak itself: how its processes ended, and what was wrong."""
    mine, theirs = folder / "mine", folder / "theirs"
    ends: Counter[str] = Counter()
    wrong: list[str] = []
    there: set[str] = set()
    for cycle in range(count):
        number = chance.randrange(MODELS)
        repo = f"me/amp-{number}"
        jobs: list[Callable[[], None]] = [
            lambda repo=repo, number=number, licence=LICENCES[cycle % 3]: push(  # type: ignore[misc]
                mine, ids[number], repo, licence
            )
        ]
        if cycle % 2:
            there -= forget(theirs, ids[number], chance)
            jobs = [lambda repo=repo: pull(theirs, repo)] * (2 if cycle % 10 == 1 else 1)  # type: ignore[misc]
        lives = [chance.uniform(0, LONGEST_LIFE_S) if chance.random() < 0.4 else None for _ in jobs]
        children = [fork(job) for job in jobs]
        ends.update(ended(child, life) for child, life in zip(children, lives, strict=True))
        found, there = damage(theirs, there)
        wrong += [f"cycle {cycle}: {reason}" for reason in found]
        found, _ = damage(mine, set(ids))
        wrong += [f"cycle {cycle}: {reason}" for reason in found]
    return ends, wrong


def main() -> int:
    """Run it; 0 when nothing was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cycles", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zoo-soak-") as scratch, hub_process(asked.seed) as (hub, calm):
        folder = Path(scratch)
        os.environ |= {"HF_HOME": str(folder / "hf")}
        ids = prepare(folder / "mine")
        lighten()
        ends, wrong = cycles(asked.cycles, random.Random(asked.seed), folder, ids)
        calm.set()
        for number, model in enumerate(ids):
            push(folder / "mine", model, f"me/amp-{number}")
            pull(folder / "fresh", f"me/amp-{number}")
        found, there = damage(folder / "fresh", set(ids))
        hub.send("state")
        complaints, broken, requests = hub.recv()
    wrong += [*found, *complaints, *(f"{repo} is not whole" for repo in broken)]
    print(f"{asked.cycles} cycles, {requests} requests, one in five with a fault")
    print(", ".join(f"{how}: {times}" for how, times in sorted(ends.items())))
    print(f"in the fresh zoo: {len(there)} of {MODELS}; wrong: {len(wrong)}")
    for reason in wrong[:20]:
        print(" ", reason)
    return 1 if wrong or ends["BUG"] else 0


if __name__ == "__main__":
    sys.exit(main())
