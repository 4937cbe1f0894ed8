"""NAM's description of a WaveNet: the fields of ``config``, in the styles of 0.5 and of 0.7.

Both are read, mixed too. 0.5's style is written where it can say all, because every player reads it.
"""

from __future__ import annotations

from typing import Any

from zoo.architecture import ACTIVATIONS, Activation, LayerArray, WaveNet
from zoo.formats.fields import Fields
from zoo.formats.json_file import quoted

FILMS = tuple(
    f"{place}_film"
    for place in (
        "conv_pre",
        "conv_post",
        "input_mixin_pre",
        "input_mixin_post",
        "activation_pre",
        "activation_post",
        "layer1x1_post",
        "head1x1_post",
    )
)
CONFIG_KEYS = ("layers", "head", "head_scale", "condition_dsp", "in_channels", "out_channels")
LAYER_KEYS = (
    *("input_size", "condition_size", "channels", "bottleneck", "dilations", "kernel_size", "kernel_sizes"),
    *("head", "head_size", "head_bias", "activation", "gated", "gating_mode", "secondary_activation"),
    *("head1x1", "layer1x1", "groups_input", "groups_input_mixin", "slimmable", *FILMS),
)


def wavenet_from(config: Fields) -> WaveNet:
    """The WaveNet that a ``config`` describes.

    Raises:
        ModelFileError: a field is missing or wrong.
        UnsupportedModel: a feature is used that no snapshot here can hold; the message names it.
        SnapshotError: a size is out of bounds.
    """
    for key in ("head", "condition_dsp"):
        if key in config:
            raise config.unsupported(f"a WaveNet with {config.where}{key} is not supported")
    config.refuse_unknown(CONFIG_KEYS)
    for key in ("in_channels", "out_channels"):
        if config.integer(key, 1) != 1:
            raise config.unsupported(f"a WaveNet with {config.integer(key)} {key} is not supported; 1 is")
    return WaveNet(tuple(_layer_array(layers) for layers in config.children("layers")))


def _layer_array(fields: Fields) -> LayerArray:
    _refuse_features(fields)
    dilations = fields.integers("dilations")
    kernels = fields.integers(_kernel_key(fields)) if _has_list(fields) else None
    head_size, head_kernel, head_bias = _head(fields)
    return LayerArray(
        input_size=fields.integer("input_size"),
        channels=fields.integer("channels"),
        head_size=head_size,
        head_kernel_size=head_kernel,
        head_bias=head_bias,
        kernel_sizes=tuple(kernels or [fields.integer(_kernel_key(fields))] * len(dilations)),
        dilations=tuple(dilations),
        activations=_activations(fields, len(dilations)),
    )


def _kernel_key(fields: Fields) -> str:
    return "kernel_sizes" if "kernel_sizes" in fields else "kernel_size"


def _has_list(fields: Fields) -> bool:
    return isinstance(fields.values.get(_kernel_key(fields)), list)


def _head(fields: Fields) -> tuple[int, int, bool]:
    if "head" not in fields:
        return fields.integer("head_size"), 1, fields.flag("head_bias")
    head = fields.child("head")
    head.refuse_unknown(("out_channels", "kernel_size", "bias"))
    return head.integer("out_channels"), head.integer("kernel_size"), head.flag("bias")


def _refuse_features(fields: Fields) -> None:
    """Refuse, by name, whatever would change the sound in a way that no layer array here can hold."""
    modes = fields.values.get("gating_mode")
    gating = [mode for mode in (modes if isinstance(modes, list) else [modes]) if mode not in (None, "none")]
    channels = fields.integer("channels")
    refused = {
        "gated activations": fields.flag("gated", False) or bool(gating),
        f"condition_size {fields.values.get('condition_size')!a:.20}": fields.integer("condition_size", 1)
        != 1,
        "a bottleneck other than its channels": fields.integer("bottleneck", channels) != channels,
        "head1x1": "head1x1" in fields and fields.child("head1x1").flag("active", False),
        "layer1x1 off": "layer1x1" in fields and not fields.child("layer1x1").flag("active", True),
        "groups": any(
            _groups(fields, key) != 1 for key in ("groups_input", "groups_input_mixin", "layer1x1")
        ),
        "slimmable channels": "slimmable" in fields,
        **{f"FiLM ({name})": name in fields and fields.child(name).flag("active", False) for name in FILMS},
    }
    for feature, used in refused.items():
        if used:
            raise fields.unsupported(f"a WaveNet with {feature} is not supported ({fields.where[:-1]})")
    fields.refuse_unknown(LAYER_KEYS)


def _groups(fields: Fields, key: str) -> int:
    if key == "layer1x1":
        return fields.child(key).integer("groups", 1) if key in fields else 1
    return fields.integer(key, 1)


def _activations(fields: Fields, layers: int) -> tuple[Activation, ...]:
    value = fields.values.get("activation")
    if isinstance(value, list):
        return tuple(_activation(fields, one) for one in value)
    return (_activation(fields, value),) * layers


def _activation(fields: Fields, value: Any) -> Activation:
    parameters = {"type": value} if isinstance(value, str) else value
    if not isinstance(parameters, dict):
        raise fields.wrong("activation", "a name or an object with a type")
    one = Fields(fields.path, parameters, f"{fields.where}activation.")
    name = {"Hardswish": "HardSwish"}.get(one.text("type"), one.text("type"))
    limits = (one.number("min_val", -1.0), one.number("max_val", 1.0))
    if name not in ACTIVATIONS or limits != (-1.0, 1.0):
        raise one.unsupported(f"the activation {quoted(parameters, 80)} is not supported")
    one.refuse_unknown(("type", "negative_slope", "min_val", "max_val"))
    return Activation(name, one.number("negative_slope", 0.01)) if name == "LeakyReLU" else Activation(name)


def config_for(architecture: WaveNet, head_scale: float) -> dict[str, Any]:
    """The ``config`` that describes a WaveNet."""
    style = _layer_array_05 if fits_05(architecture) else _layer_array_07
    return {"layers": [style(array) for array in architecture.arrays], "head": None, "head_scale": head_scale}


def fits_05(architecture: WaveNet) -> bool:
    """Whether the fields of 0.5 can say it: one kernel size and activation in an array, a 1-tap head."""
    return all(
        array.head_kernel_size == 1
        and len(set(array.kernel_sizes)) == 1
        and len(set(array.activations)) == 1
        and array.activations[0] in (Activation("Tanh"), Activation("ReLU"), Activation("Sigmoid"))
        for array in architecture.arrays
    )


def _layer_array_05(array: LayerArray) -> dict[str, Any]:
    return {
        "input_size": array.input_size,
        "condition_size": 1,
        "head_size": array.head_size,
        "channels": array.channels,
        "kernel_size": array.kernel_sizes[0],
        "dilations": list(array.dilations),
        "activation": array.activations[0].name,
        "gated": False,
        "head_bias": array.head_bias,
    }


def _layer_array_07(array: LayerArray) -> dict[str, Any]:
    layers = len(array.dilations)
    head = {"out_channels": array.head_size, "kernel_size": array.head_kernel_size, "bias": array.head_bias}
    return {
        "input_size": array.input_size,
        "condition_size": 1,
        "head": head,
        "channels": array.channels,
        "kernel_sizes": list(array.kernel_sizes),
        "dilations": list(array.dilations),
        "activation": [_activation_07(activation) for activation in array.activations],
        "bottleneck": array.channels,
        "head1x1": {"active": False, "out_channels": 1, "groups": 1},
        "layer1x1": {"active": True, "groups": 1},
        "groups_input": 1,
        "groups_input_mixin": 1,
        **{film: {"active": False, "shift": True, "groups": 1} for film in FILMS},
        "gating_mode": ["none"] * layers,
        "secondary_activation": [None] * layers,
        "slimmable": None,
    }


def _activation_07(activation: Activation) -> dict[str, Any]:
    limits = {
        "LeakyReLU": {"negative_slope": activation.negative_slope},
        "Hardtanh": {"min_val": -1.0, "max_val": 1.0},
    }
    name = {"HardSwish": "Hardswish"}.get(activation.name, activation.name)
    return {"type": name, **limits.get(activation.name, {})}
