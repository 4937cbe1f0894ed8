"""Engine and training kernels put to the test on this very machine, each against its oracle."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zoo.architecture import Recurrent
from zoo.doctor.checkup import Checkup
from zoo.errors import EngineMissing
from zoo.snapshot import Snapshot

SAMPLES = 2_000
RATE = 44_100
ENGINE_ERROR = 1e-5  # against double precision
GRADIENT_ERROR = 1e-4  # of the largest gradient
REINSTALL = "install zoo again, so that its native part is compiled for this machine"


def run_self_test() -> Iterator[Checkup]:
    """Every instruction set of this machine against the numpy twin, the kernels against autograd."""
    from zoo.engine import simd_paths

    try:
        paths = simd_paths()
    except EngineMissing as error:
        yield Checkup("engine", "trouble", str(error), REINSTALL)
        return
    for path in paths:
        used = ", in use" if path == paths[-1] else ""
        yield _verdict(f"engine {path}", engine_error(path), ENGINE_ERROR, f"the numpy twin{used}")
    try:
        yield _verdict("training kernels", kernel_error(), GRADIENT_ERROR, f"autograd, {_kernels_in_use()}")
    except (ImportError, EngineMissing) as error:
        yield Checkup("training kernels", "trouble", str(error), REINSTALL)


def engine_error(simd: str) -> float:
    """Largest deviation from the numpy twin, of an LSTM of 20 units on noise."""
    from zoo.engine import render
    from zoo.engine.reference import render_reference

    rng = np.random.default_rng(1)
    audio = (0.3 * rng.standard_normal(SAMPLES)).astype(np.float32)
    model = _model(rng)
    return float(np.max(np.abs(render(model, audio, simd=simd) - render_reference(model, audio))))


def kernel_error() -> float:
    """Largest deviation of a gradient from autograd's, over the largest gradient."""
    import torch

    from training.modules import RecurrentModule

    torch_rng = torch.Generator().manual_seed(1)
    audio = 0.3 * torch.randn(200, 8, 1, generator=torch_rng)
    model = _model(np.random.default_rng(2))
    gradients = []
    for backend in ("native", "torch"):
        module = RecurrentModule.from_snapshot(model, backend=backend)
        output, _ = module(audio, module.initial_state(8))
        output.square().mean().backward()
        gradients.append(torch.cat([p.grad.flatten() for p in module.parameters() if p.grad is not None]))
    native, oracle = gradients
    return float((native - oracle).abs().max() / oracle.abs().max())


def _kernels_in_use() -> str:
    from training.native import native_simd

    return f"{native_simd()} in use"


def _verdict(name: str, error: float, most: float, oracle: str) -> Checkup:
    found = f"within {error:.1e} of {oracle}"
    if error <= most:
        return Checkup(name, "good", found)
    return Checkup(name, "trouble", f"{found}, and {most:.0e} is allowed", REINSTALL)


def _model(rng: np.random.Generator) -> Snapshot:
    architecture = Recurrent("LSTM", 20)
    shapes = architecture.required_shapes()
    weights = {name: rng.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}
    return Snapshot(architecture, weights, RATE)
