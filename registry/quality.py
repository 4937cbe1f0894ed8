"""What is measured of a model as it enters the zoo: levels, latency, gain class, who sounds the same.

Levels are in dB of full scale; a floor stands for silence, as JSON knows no infinity.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from registry.fields import Sha256, Strict, Text

GainClass: TypeAlias = Literal["clean", "crunch", "overdrive", "distortion", "high gain", "fuzz"]
GAIN_CLASSES: tuple[GainClass, ...] = ("clean", "crunch", "overdrive", "distortion", "high gain", "fuzz")


class Twin(Strict):
    """A model of the zoo that sounds the same."""

    id: Sha256
    esr: Annotated[float, Field(ge=0)] = Field(description="on the probe; the twin is the target")


class Remark(Strict):
    """Something a person should know of a model that was let in."""

    code: Text = Field(
        description="for programs: dc, latency, whine, loud, gain class, twin, unmeasured, self-test"
    )
    sentence: Text


class Quality(Strict):
    """Measured with the knobs in the middle; null is what could not be measured."""

    measured_by: Text = Field(description="which probe and measures; another one gives other numbers")
    peak_db: float = Field(description="highest output for an input at full scale")
    silence_db: float = Field(description="what still sounds a second after that input has ended")
    dc: float = Field(description="what comes out in silence on average, full scale = 1")
    loudness_db: float | None = Field(default=None, description="RMS for the probe's playing")
    latency_samples: int | None = Field(default=None, description="first arrival; null when not distinct")
    gain_class: GainClass | None = None
    twins: tuple[Twin, ...] = Field(default=(), max_length=16)
    findings: tuple[Remark, ...] = Field(default=(), max_length=32)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The findings as people read them."""
        return tuple(finding.sentence for finding in self.findings)
