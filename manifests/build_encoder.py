"""Teach the encoder of wet signals and the space of hand-made numbers; write both into the package.

    python manifests/build_encoder.py MODELS DIS

MODELS is a folder of model files, DIS one of dry recordings (TONEZOO_DATA/models and TONEZOO_DATA/di for the
weights in the repository); circuits and imaginary devices are code. Prints the hash that
`recommender.encoder.network.WEIGHTS_HASH` must be. Seeds are fixed: the same machine gives the same weights.
Afterwards ``python manifests/build_starter.py --hear``. About a quarter of an hour on one core.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from encoder_material import model_lessons, other_lessons, read_dis, read_models
from safetensors.numpy import save

from recommender.encoder.learning import Schedule, learn, learn_hand_made
from recommender.encoder.network import WEIGHTS_FILE, compute_weights_hash
from recommender.learn import write_space
from recommender.space import SPACE_FILE
from zoo.files import write_atomically

SAY_EVERY = 100


def main() -> None:
    """Parse, hear, teach, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", type=Path)
    parser.add_argument("dis", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    recordings = read_dis(arguments.dis, held_out=False)
    lessons = model_lessons(list(read_models(arguments.models).values()), recordings)
    lessons += other_lessons(recordings)
    write_space(SPACE_FILE, "wet", learn_hand_made(lessons))
    weights = learn(lessons, Schedule(), tell)
    tensors = {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in weights.items()}
    write_atomically(WEIGHTS_FILE, save(tensors))
    sys.stdout.write(f"{sum(array.size for array in tensors.values())} numbers\n")
    sys.stdout.write(f'WEIGHTS_HASH = "{compute_weights_hash()}"\n')


def tell(step: int, loss: float) -> None:
    """Say on stderr how it goes."""
    if step % SAY_EVERY == 0:
        sys.stderr.write(f"step {step}: loss {loss:.3f}\n")


if __name__ == "__main__":
    main()
