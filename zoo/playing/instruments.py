"""The guitars and basses that play: tunings, scale lengths, strings and pickups in round textbook figures."""

from __future__ import annotations

from dataclasses import dataclass

from zoo.playing.strings import Pickup, String

GUITAR_TUNING = (40, 45, 50, 55, 59, 64)  # E2 A2 D3 G3 B3 E4 as MIDI notes, lowest string first
DROPPED_TUNING = (38, 45, 50, 55, 59, 64)
BASS_TUNING = (28, 33, 38, 43)
# Round figures for a set of tens: wound strings are less stiff than their gauge suggests.
GUITAR_STIFFNESS = (5e-5, 4e-5, 4e-5, 1.2e-4, 7e-5, 4e-5)
BASS_STIFFNESS = (2e-4, 1.5e-4, 1.2e-4, 1e-4)


@dataclass(frozen=True, slots=True)
class Instrument:
    """One instrument with one pickup selected.

    Attributes:
        tuning: MIDI note of each open string, lowest first.
        stiffness: inharmonicity B of each open string.
        b1, b3: losses of an open string, 1/s and s.
        pick_m: where the hand plucks, from the bridge.
        brightness_hz: softness of pick or finger (see `Stroke`).
        click: pick noise.
        loudness_db: how hot the pickup is beside the others.
    """

    pickup: Pickup
    tuning: tuple[int, ...] = GUITAR_TUNING
    stiffness: tuple[float, ...] = GUITAR_STIFFNESS
    scale_m: float = 0.648
    b1: float = 0.9
    b3: float = 2.5e-8
    pick_m: float = 0.11
    brightness_hz: float = 4200.0
    click: float = 0.06
    loudness_db: float = 0.0

    def string(self, number: int, fret: int) -> String:
        """String ``number`` (0 = lowest) stopped at ``fret``; fretted strings lose more to the finger."""
        open_hz = 440.0 * 2 ** ((self.tuning[number] - 69) / 12)
        shorter = 2 ** (-fret / 12)
        loss = 1.0 if fret == 0 else 1.5 + 0.08 * fret
        return String(
            frequency=open_hz / shorter,
            length_m=self.scale_m * shorter,
            inharmonicity=self.stiffness[number] / shorter**2,
            b1=self.b1 * loss,
            b3=self.b3 * loss,
        )


SINGLE_BRIDGE = Pickup((0.041,), 0.010, 4300.0, 2.2)
SINGLE_NECK = Pickup((0.160,), 0.010, 4000.0, 2.0)
HUMBUCKER_BRIDGE = Pickup((0.034, 0.052), 0.012, 2900.0, 1.5)
HUMBUCKER_NECK = Pickup((0.148, 0.166), 0.012, 2500.0, 1.3)
HUMBUCKER_NECK_DARK = Pickup((0.148, 0.166), 0.012, 1100.0, 0.8)
SPLIT_BASS = Pickup((0.165, 0.180), 0.020, 2200.0, 1.0)
SINGLE_BASS_BRIDGE = Pickup((0.085,), 0.016, 3200.0, 1.2)

INSTRUMENTS: dict[str, Instrument] = {
    "single-coil-bridge": Instrument(SINGLE_BRIDGE, click=0.08, loudness_db=-3.0),
    "single-coil-neck": Instrument(SINGLE_NECK, loudness_db=-2.0),
    "single-coil-fingers": Instrument(SINGLE_NECK, brightness_hz=2000.0, pick_m=0.15, click=0.02),
    "humbucker-bridge": Instrument(HUMBUCKER_BRIDGE, scale_m=0.628, loudness_db=2.0),
    "humbucker-neck": Instrument(HUMBUCKER_NECK, scale_m=0.628, loudness_db=2.0),
    "humbucker-dropped": Instrument(HUMBUCKER_BRIDGE, DROPPED_TUNING, b3=3e-8, loudness_db=3.0),
    "hollow-body": Instrument(
        HUMBUCKER_NECK_DARK, scale_m=0.628, b1=1.8, b3=9e-8, brightness_hz=2200.0, pick_m=0.15, click=0.03
    ),
    "bass-fingers": Instrument(
        SPLIT_BASS, BASS_TUNING, BASS_STIFFNESS, 0.864, 1.2, 1.2e-7, 0.17, 1100.0, 0.02
    ),
    "bass-pick": Instrument(
        SINGLE_BASS_BRIDGE, BASS_TUNING, BASS_STIFFNESS, 0.864, 1.2, 6e-8, 0.11, 3000.0, 0.10
    ),
}
