"""A whole zoo of a hundred thousand models: its index is pulled, searched, and a winner fetched.

``python tests/benchmarks/bench_whole_zoo.py --models 100000``

The models are small LSTMs with random weights, the vectors random points; what is measured is the format and
what reads it. Everything but the making of the repository runs as a person would run it: the commands, each
in a process of its own, against the strict Hub of ``tests/hub``. Printed are seconds and the largest memory
of each, those of ``zoo list`` for comparison, and what the Hub would count of the repository. Needs Linux.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "hub"))

CAPTURE = Path(__file__).resolve().parents[2] / "zoo" / "starter" / "example-capture.flac"
# The command line, which leaves behind what Linux says of its process.
WATCHED = """
import atexit, os, runpy, sys
from pathlib import Path
status = Path("/proc/self/status")
atexit.register(lambda: Path(os.environ["ZOO_BENCH_PEAK"]).write_text(status.read_text()))
sys.argv[0] = "zoo"
runpy.run_module("zoo.cli.main", run_name="__main__")
"""
GAINS = ("clean", "crunch", "overdrive", "distortion", "high gain", "fuzz")


class Pretended:
    """A registry of random models, as far as a shelf is made of one; made anew whenever they are read."""

    def __init__(self, folder: Path) -> None:
        from zoo.architecture import Recurrent

        self.architecture = Recurrent("LSTM", 12)
        self.folder_of_all, self.seeds = folder, dict[str, int]()
        self.store = self

    def snapshot(self, seed: int) -> Any:
        from zoo.snapshot import Metadata, Snapshot

        rng = np.random.default_rng(seed)
        shapes = self.architecture.required_shapes()
        weights = {n: (0.1 * rng.standard_normal(s)).astype(np.float32) for n, s in shapes.items()}
        return Snapshot(self.architecture, weights, 44_100, metadata=Metadata(name=f"Amp {seed}"))

    def manifests(self, count: int) -> Iterator[Any]:
        from registry import Facts
        from registry.facts import describe

        for seed in range(count):
            facts = Facts(licence="MIT", make="Random", model=f"Box {seed % 997}", gain_class=GAINS[seed % 6])
            manifest = describe(self.snapshot(seed), {}, facts=facts)
            self.seeds[manifest.id] = seed
            yield manifest

    def fingerprint(self, model: str, _: str) -> dict[str, Any]:
        from recommender.space import space

        rng = np.random.default_rng(self.seeds[model])
        return {
            kind: space(kind).mean + space(kind).deviation * rng.standard_normal((1, space(kind).mean.size))
            for kind in ("paired", "wet")
        }

    def folder(self, model: str) -> Path:
        from zoo.formats import native

        path = self.folder_of_all / model
        if not path.exists():
            native.write(self.snapshot(self.seeds[model]), path)
        return path


def measured(what: str, arguments: list[str], environment: dict[str, str]) -> str:
    """Run a command; say its seconds and its largest memory; its stdout."""
    before = time.perf_counter()
    command = [sys.executable, "-c", WATCHED, *arguments]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    seconds = time.perf_counter() - before
    if done.returncode:
        raise SystemExit(f"{what}: exit code {done.returncode}")
    (peak,) = re.findall(
        r"VmHWM:\s*(\d+) kB", Path(environment["ZOO_BENCH_PEAK"]).read_text(encoding="ascii")
    )
    print(f"{what}: {seconds:.1f} s, {int(peak) / 1024:.0f} MB", flush=True)
    return done.stdout


def main() -> int:
    """Make the repository, push it, and let a person use it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=int, default=100_000)
    asked = parser.parse_args()
    import hub_server

    from zoo.hub.address import Address

    with tempfile.TemporaryDirectory(prefix="zoo-whole-") as scratch, hub_server.serving_hub() as hub:
        folder = Path(scratch)
        os.environ |= {
            "HF_ENDPOINT": hub.url, "HF_HOME": str(folder / "hf"), "HF_TOKEN": hub_server.TOKEN,
            "HF_HUB_DISABLE_XET": "1", "ZOO_HOME": str(folder / "zoo"),
        }  # fmt: skip
        from zoo.hub.client import HubClient
        from zoo.hub.shelf_pushing import push_shelf
        from zoo.hub.shelving import shelf_of

        (folder / "models").mkdir()
        (folder / "shelf").mkdir()
        pretended, start = Pretended(folder / "models"), time.perf_counter()
        models = list(pretended.manifests(asked.models))
        made = shelf_of(_with_records(pretended, models), models, Address("me/big"), folder / "shelf", print)  # type: ignore[arg-type]
        print(f"the repository was made in {time.perf_counter() - start:.0f} s", flush=True)
        start = time.perf_counter()
        push_shelf(made, HubClient())
        print(f"and pushed in {time.perf_counter() - start:.0f} s", flush=True)
        _tell(hub.repos["me/big"])
        environment = {**os.environ, "ZOO_BENCH_PEAK": str(folder / "peak")}
        measured("zoo list, of the starter zoo", ["list"], environment)
        measured("zoo pull --index-only", ["pull", "me/big", "--index-only"], environment)
        measured("the same again, from the cache", ["pull", "me/big", "--index-only"], environment)
        search = ["search", "--in", "me/big", "--limit", "5"]
        measured("zoo search --in, by words", [*search, "box 500", "--gain", "fuzz"], environment)
        out = measured("zoo search --in --like", [*search, "--like", str(CAPTURE)], environment)
        winner = out.splitlines()[1].split("\t")[1]
        measured("zoo pull --only, the winner", ["pull", "me/big", "--only", winner], environment)
    return 0


def _with_records(pretended: Pretended, models: list[Any]) -> Pretended:
    """Give the manifests the hashes of their files."""
    from registry.plain_files import record_of

    for number, model in enumerate(models):
        path = pretended.folder(model.id)
        records = {name: record_of(path / name) for name in ("config.json", "model.safetensors")}
        models[number] = model.model_copy(update={"files": records})
    return pretended


def _tell(repo: Any) -> None:
    """What the Hub asks of a repository: files, entries of a folder, files of a commit, sizes."""
    folders = Counter(path.rpartition("/")[0] for path in repo.files)
    sizes = [len(data) for path, data in repo.files.items() if path.startswith("packs/")]
    index = sum(len(data) for path, data in repo.files.items() if path.startswith("index/"))
    print(
        f"{len(repo.files)} files, at most {max(folders.values())} in a folder, {len(repo.log)} commits; "
        f"packs of {np.mean(sizes) / 1e3:.0f} kB, an index of {index / 1e6:.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
