"""Files of real models in the players' own code: NAM's package from PyPI, and onnxruntime."""

import json

import numpy as np
import onnxruntime
import pytest
import torch

from zoo.audio import read_audio
from zoo.exporting import export_model
from zoo.formats import read_model

WAVENET = "models/boss-six-architectures/BossWN-nano.nam"
TWO_LAYERS = "models/boss-six-architectures/BossLSTM-2x8.nam"
PROTEUS = "models/neuralpi/TS9_FullD.json"
MOD = "models/mod-lstm/AMP Blues Deluxe Clean1.json"


@pytest.mark.parametrize("file", [WAVENET, TWO_LAYERS, MOD, PROTEUS])
def test_the_nam_package_plays_the_test_vector(file, data, tmp_path):
    from nam.models._from_nam import init_from_nam

    exported = export_model(read_model(data / file), "nam", tmp_path / "m")
    document = json.loads(exported.path.read_text())
    if "layers" in document["config"]:  # the package writes the newer notation of a head, and reads only that
        for array in document["config"]["layers"]:
            size, bias = array.pop("head_size"), array.pop("head_bias")
            array["head"] = {"out_channels": size, "kernel_size": 1, "bias": bias}
            array.pop("gated")
    dry, wet = read_audio(exported.vector).samples
    with torch.inference_mode():
        heard = init_from_nam(document).eval()(torch.from_numpy(dry), pad_start=True).numpy()
    assert np.abs(heard - wet).max() < 2e-6 * max(1.0, np.abs(wet).max())


@pytest.mark.parametrize("file", [WAVENET, TWO_LAYERS, PROTEUS, MOD])
def test_onnxruntime_plays_the_test_vector(file, data, tmp_path):
    exported = export_model(read_model(data / file), "onnx", tmp_path / "m")
    dry, wet = read_audio(exported.vector).samples
    session = onnxruntime.InferenceSession(str(exported.path), providers=["CPUExecutionProvider"])
    heard = session.run(["wet"], {"dry": dry})[0]
    assert np.abs(heard - wet).max() < 2e-6 * max(1.0, np.abs(wet).max())
