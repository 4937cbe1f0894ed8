"""A small writer of ONNX graphs: nodes in order, tensors by name, inputs that may be left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from zoo.errors import PackageMissing

OPSET, IR_VERSION = 17, 9  # of onnx 1.14: what players from 2023 on read


def onnx_package() -> Any:
    """The package ``onnx``, which is optional.

    Raises:
        PackageMissing: it is not installed.
    """
    try:
        import onnx
    except ImportError as error:
        raise PackageMissing(
            "ONNX files need a package that is not installed; pip install 'tonezoo[onnx]'"
        ) from error
    return onnx


class Graph:
    """Collects the parts of an ONNX graph; values are called by their names."""

    def __init__(self) -> None:
        self._onnx = onnx_package()
        self._nodes: list[Any] = []
        self._tensors: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []

    def node(self, kind: str, inputs: Sequence[str], outputs: str | Sequence[str], **attributes: Any) -> str:
        """Add an operator; returns the name of its first output."""
        names = [outputs] if isinstance(outputs, str) else list(outputs)
        self._nodes.append(self._onnx.helper.make_node(kind, list(inputs), names, **attributes))
        return names[0]

    def tensor(self, name: str, values: npt.ArrayLike, dtype: Any = np.float32) -> str:
        """Add a constant."""
        array = np.ascontiguousarray(np.asarray(values, dtype=dtype))
        self._tensors.append(self._onnx.numpy_helper.from_array(array, name))
        return name

    def integers(self, name: str, values: Sequence[int]) -> str:
        """Add a constant of whole numbers: a shape, axes, places."""
        return self.tensor(name, np.array(values, np.int64), np.int64)

    def input(self, name: str, shape: Sequence[int | str], default: npt.ArrayLike | None = None) -> str:
        """Add an input; one with a default may be left out by whoever runs the graph."""
        self._inputs.append(self._value(name, shape))
        return name if default is None else self.tensor(name, default)

    def output(self, name: str, shape: Sequence[int | str]) -> None:
        """Make a value an output."""
        self._outputs.append(self._value(name, shape))

    def finished(self, name: str) -> Any:
        """The graph, as a ``GraphProto``."""
        return self._onnx.helper.make_graph(self._nodes, name, self._inputs, self._outputs, self._tensors)

    def _value(self, name: str, shape: Sequence[int | str]) -> Any:
        kind = self._onnx.TensorProto.FLOAT
        return self._onnx.helper.make_tensor_value_info(name, kind, list(shape))
