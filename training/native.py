"""LSTM and GRU layers on the native training kernels, as a `torch.autograd.Function`. Float32 on the CPU.

Arrays are time first: x (time, batch, inputs), states (batch, hidden), y (time, batch). Plain PyTorch
(`training.modules`) is the oracle these kernels are tested against, and the path for other devices.
"""

from __future__ import annotations

import atexit
import importlib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from typing import Any, Literal

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from zoo.engine import simd_paths

Cell = Literal["LSTM", "GRU"]


_threads: ContextVar[int | None] = ContextVar("threads of the training kernels", default=None)


def native_threads() -> int:
    """Threads a kernel uses: as `kernel_threads` says, else as many as PyTorch."""
    return _threads.get() or torch.get_num_threads()


@contextmanager
def kernels_before_torch() -> Iterator[None]:
    """The kernels keep all threads, and PyTorch's own operations inside take one.

    PyTorch's idle OpenMP threads spin for milliseconds after an operation, on the cores that the next kernel
    needs: measured, a training step takes twice as long. What PyTorch does between kernels is small.
    """
    torch_threads = torch.get_num_threads()
    with kernel_threads(native_threads()):
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(torch_threads)


@contextmanager
def kernel_threads(threads: int) -> Iterator[None]:
    """Kernels called inside use this many threads; jobs that run side by side take one each."""
    token = _threads.set(threads)
    try:
        yield
    finally:
        _threads.reset(token)


def native_simd() -> str:
    """The instruction set that kernels use: the widest that this processor has."""
    return simd_paths()[-1]


@cache
def _kernels(simd: str) -> Any:
    return importlib.import_module(f"training._native.kernels_{simd}")


class _Pool:
    """Kernel objects by kind and shape: each holds the tape of one forward, and is reused after its backward.

    Kinds are "Layer" and "Updates".
    """

    def __init__(self) -> None:
        self._idle: dict[tuple[Any, ...], list[Any]] = defaultdict(list)

    def take(
        self, kind: str, cell: Cell, inputs: int, hidden: int, batch: int
    ) -> tuple[tuple[Any, ...], Any]:
        sizes = (inputs, hidden, batch, native_threads())
        key = (kind, cell, sizes, native_simd())
        with suppress(IndexError):  # another thread may take the last one between a look and a grasp
            return key, self._idle[key].pop()
        return key, getattr(_kernels(key[-1]), cell.capitalize() + kind)(*sizes)

    def give_back(self, key: tuple[Any, ...], kernel: Any) -> None:
        self._idle[key].append(kernel)

    def clear(self) -> None:
        self._idle.clear()


_pool = _Pool()
atexit.register(_pool.clear)  # kernels must be gone before their module is


@contextmanager
def updates_kernel(cell: Cell, inputs: int, hidden: int, batch: int) -> Iterator[Any]:
    """A kernel that makes whole updates (`training.updates`), for the time of the block."""
    key, kernel = _pool.take("Updates", cell, inputs, hidden, batch)
    try:
        yield kernel
    finally:
        _pool.give_back(key, kernel)


class _Recurrence(torch.autograd.Function):
    """One layer, with a linear output (``head``) in the same pass when there is one."""

    @staticmethod
    def forward(
        ctx: Any,
        cell: Cell,
        x: Tensor,
        h0: Tensor,
        c0: Tensor | None,
        w_ih: Tensor,
        w_hh: Tensor,
        b_ih: Tensor,
        b_hh: Tensor,
        head: Tensor | None,
        head_bias: Tensor | None,
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        steps, batch, inputs = x.shape
        hidden = h0.shape[1]
        key, kernel = _pool.take("Layer", cell, inputs, hidden, batch)
        out = torch.empty((steps, batch) if head is not None else (steps, batch, hidden))
        h_last = torch.empty(batch, hidden)
        c_last = torch.empty(batch, hidden) if c0 is not None else None
        arrays = [
            t.detach().contiguous() if t is not None else None for t in (x, h0, c0, w_ih, w_hh, b_ih, b_hh)
        ]
        keep = any(ctx.needs_input_grad)
        kernel.forward(
            steps,
            keep,
            *arrays,
            head.detach().contiguous() if head is not None else None,
            float(head_bias) if head_bias is not None else 0.0,
            out if head is not None else None,
            None if head is not None else out,
            h_last,
            c_last,
        )
        if keep:
            ctx.key, ctx.kernel, ctx.inputs = key, kernel, inputs
            ctx.with_head, ctx.cell = head is not None, cell
            ctx.set_materialize_grads(False)
        else:
            _pool.give_back(key, kernel)
        return out, h_last, c_last

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_out: Tensor | None, dh_last: Tensor | None, dc_last: Tensor | None) -> Any:
        _, _, (inputs, hidden, batch, _), _ = ctx.key
        rows = hidden * (4 if ctx.cell == "LSTM" else 3)
        if ctx.kernel is None:
            raise ValueError("backward follows its forward, once")
        if d_out is None:
            raise RuntimeError("the output of a native recurrent layer must take part in the loss")
        d_out = d_out.contiguous()
        dx = torch.empty(d_out.shape[0], batch, inputs) if ctx.needs_input_grad[1] else None
        dh0, dc0 = torch.empty(batch, hidden), torch.empty(batch, hidden) if ctx.cell == "LSTM" else None
        dw_ih, dw_hh = torch.empty(rows, inputs), torch.empty(rows, hidden)
        db_ih, db_hh = torch.empty(rows), torch.empty(rows)
        dhead = torch.empty(1, hidden) if ctx.with_head else None
        dhead_bias = torch.empty(1) if ctx.with_head else None
        kernel, ctx.kernel = ctx.kernel, None
        kernel.backward(
            d_out if ctx.with_head else None,
            None if ctx.with_head else d_out,
            dh_last.contiguous() if dh_last is not None else None,
            dc_last.contiguous() if dc_last is not None else None,
            dx, dh0, dc0, dw_ih, dw_hh, db_ih, db_hh, dhead, dhead_bias,
        )  # fmt: skip
        _pool.give_back(ctx.key, kernel)
        return None, dx, dh0, dc0, dw_ih, dw_hh, db_ih, db_hh, dhead, dhead_bias


def recurrence(
    cell: Cell,
    x: Tensor,
    state: tuple[Tensor, ...],
    weights: tuple[Tensor, Tensor, Tensor, Tensor],
    head: tuple[Tensor, Tensor] | None = None,
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Run one layer through time.

    Args:
        cell: "LSTM" or "GRU".
        x: inputs, shape (time, batch, inputs).
        state: (h,) or (h, c), each (batch, hidden).
        weights: w_ih, w_hh, b_ih, b_hh in PyTorch's layout.
        head: weight (1, hidden) and bias (1,) of a linear output.

    Returns:
        the output, (time, batch) with a head and (time, batch, hidden) without, and the last state.
    """
    h0, c0 = state[0], state[1] if cell == "LSTM" else None
    out, h, c = _Recurrence.apply(cell, x, h0, c0, *weights, *(head or (None, None)))  # type: ignore[no-untyped-call]
    return out, (h, c) if cell == "LSTM" else (h,)
