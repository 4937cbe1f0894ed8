"""Python, the packages that zoo stands on, and what PyTorch can train on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

import zoo
from zoo.doctor.checkup import Checkup
from zoo.engine import processors

NEEDED = ("numpy", "scipy", "torch", "faiss-cpu", "librosa", "soundfile", "soxr", "huggingface_hub", "pandas")
OPTIONAL = {"onnx": "`zoo export --to onnx` needs it: pip install 'tonezoo[onnx]'"}
REINSTALL = "install zoo again: pip install --force-reinstall tonezoo"
THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def look_at_software() -> Iterator[Checkup]:
    """Versions, threads and GPU."""
    yield Checkup("tonezoo", "good", f"{zoo.__version__}, in {os.path.dirname(zoo.__file__)}")  # noqa: PTH120
    yield Checkup(
        "Python", "good", f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    )
    yield from (_package(name) for name in NEEDED)
    for name, mend in OPTIONAL.items():
        there = _version(name)
        yield Checkup(name, "good" if there else "note", there or "not installed", "" if there else mend)
    yield _threads()
    yield _gpu()


def _package(name: str) -> Checkup:
    there = _version(name)
    if there:
        return Checkup(name, "good", there)
    return Checkup(name, "trouble", "not installed", REINSTALL)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _threads() -> Checkup:
    said = [f"{name}={os.environ[name]}" for name in THREAD_VARIABLES if os.environ.get(name)]
    words = f"{processors()} processors may be used"
    return Checkup("threads", "good", ", ".join([words, *said]))


def _gpu() -> Checkup:
    try:
        from training.placement import available_devices
    except ImportError as error:
        return Checkup("GPU", "trouble", f"PyTorch cannot be loaded ({error})", REINSTALL)
    *_, fastest = there = available_devices()
    if fastest == "cpu":
        return Checkup("GPU", "good", "none; LSTM and GRU train fastest on the processor anyway")
    return Checkup("GPU", "good", f"PyTorch offers {', '.join(there[1:])}; WaveNets train there")
