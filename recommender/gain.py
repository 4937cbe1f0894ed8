"""The gain class of a device as measured, for models whose files say nothing and for captures."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from recommender.fingerprint import Fingerprint
from recommender.traits import paired_traits

GainClass: TypeAlias = Literal["clean", "crunch", "overdrive", "distortion", "high gain"]
CLASSES: tuple[GainClass, ...] = ("clean", "crunch", "overdrive", "distortion", "high gain")
# dB of output that is not linear in the input over output that is; set on models that players have named.
BORDERS_DB = (-7.0, -2.0, 1.0, 2.3)


def gain_class(fingerprint: Fingerprint) -> GainClass:
    """The class of a model from its fingerprint: the median over the playing probes."""
    return class_of(float(np.median([paired_traits(raw).gain for raw in fingerprint["paired"]])))


def class_of_capture(raw: npt.NDArray[Any]) -> GainClass:
    """The class of a captured device from its raw paired vector."""
    return class_of(paired_traits(raw).gain)


def class_of(gain_db: float) -> GainClass:
    """The class for so much distortion, see `recommender.traits.Traits.gain`.

    >>> class_of(-30.0), class_of(6.0)
    ('clean', 'high gain')
    """
    return CLASSES[int(np.searchsorted(BORDERS_DB, gain_db))]
