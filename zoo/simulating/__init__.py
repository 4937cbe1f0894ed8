"""The Bela pedal on this computer: the app itself, compiled against a small shim of the board's API.

`building` compiles it, `scene` says what it plays, `running` plays it, `timing` times its models.
"""

from zoo.simulating.building import host_program
from zoo.simulating.running import Simulator, play_once
from zoo.simulating.scene import Scene
from zoo.simulating.timing import Bench, bench

__all__ = ["Bench", "Scene", "Simulator", "bench", "host_program", "play_once"]
