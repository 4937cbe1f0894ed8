"""WaveNets as parents, by distillation: are the LSTMs that they teach ever the best parent there is?

    TONEZOO_DATA=../shared/data python manifests/train_distilled.py FOLDER

Each WaveNet of `TEACHERS` teaches an LSTM-40 on a minute of synthesised playing that no target
has, as ``zoo tune --distil`` teaches on the user's. The students are then fine-tuned on every target of the
oracle matrix that they are no kin of, exactly as its parents were (10 s, 8 epochs, one seed), and so is an
LSTM-40 that was taught nothing. FOLDER can be taken up again; its ``matrix.csv`` is that of
``manifests/oracle-wavenets``, its ``lessons.csv`` says how well each student plays what its teacher plays;
``judge_distilled.py`` holds both against the oracle matrix.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from build_forecast import ORACLE, SECONDS

from recommender.evaluation.matrix import SCRATCH, Cell, place, read_csv, to_csv
from training.data import Part, Split
from training.distil import distilled, from_scratch
from training.settings import Settings
from zoo.architecture import Recurrent
from zoo.engine import render
from zoo.evaluating.job import CELLS, MATRIX, Plan, train
from zoo.evaluating.log import alone_in, append, claim, read_cells
from zoo.evaluating.material import Material
from zoo.evaluating.targets import DATA_VARIABLE, MODEL_FOLDER, RATE, Target, suite
from zoo.files import write_atomically
from zoo.formats import read_model, write_model
from zoo.metrics import esr
from zoo.playing import Phrase, perform
from zoo.snapshot import Snapshot

# Name -> file of a WaveNet, none of which is a target; from clean to the highest gain, pedals and amplifiers.
TEACHERS = {
    "twin-vibrato": "Tim R Fender TwinVerb Vibrato Bright",
    "klon-full": "Keith B klone_maxG_t6_o5",
    "magnatone-full": "Tim R Magnatone Super 59 Mkii Max'd",
    "jcm900-b16": "Tim R JCM90050WDualVerbChBG16",
    "5152-crunch": "Tim R 5152 Crunch No Boost",
    "hm2-swede": "Peter N HM-2_SWEDE_Std_ESR-0.0034",
}
STUDENT = Recurrent("LSTM", 40, residual=True)
STYLES = {
    "strum": "humbucker-bridge",
    "riff": "humbucker-dropped",
    "lead": "single-coil-bridge",
    "funk": "single-coil-neck",
    "arpeggio": "hollow-body",
    "melody": "humbucker-neck",
}
LESSON_SECONDS, HELD_OUT = 12.0, 0.2
SETTINGS = Settings(epochs=40, patience=40, tbptt=160, validate_every=4)


@dataclass(frozen=True)
class Lesson:
    """How one student did.

    Attributes:
        student: its digest, as the matrix has it.
        esr: of what it plays, against its teacher, on the part held out.
    """

    teacher: str
    file: str
    student: str
    esr: float


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    torch.set_num_threads(1)
    claim(folder, Plan((), ()).settings(0))
    with alone_in(folder):
        students = {name: _student(folder, name, file) for name, file in TEACHERS.items()}
        lessons = [_lesson(name, TEACHERS[name], student) for name, student in students.items()]
        write_atomically(folder / "lessons.csv", to_csv(lessons, Lesson))
        targets = {cell.target for cell in read_csv(ORACLE / "matrix.csv", Cell)}
        for target in suite(sorted(targets)):
            _train(folder, target, students)


def _split() -> Split:
    """Playing of its own; the wet side is each teacher's to play."""
    phrases = [
        Phrase(style, on, 77_000 + i, LESSON_SECONDS, -3.0 - 2.0 * i)
        for i, (style, on) in enumerate(STYLES.items())
    ]
    takes = [perform(phrase, RATE) for phrase in phrases]
    cut = round((1.0 - HELD_OUT) * LESSON_SECONDS * RATE)
    train, held_out = tuple(take[:cut] for take in takes), tuple(take[cut:] for take in takes)
    return Split(Part(train, train), Part(held_out, held_out), Part(held_out, held_out), RATE)


def _teacher(file: str) -> Snapshot:
    return read_model(Path(os.environ[DATA_VARIABLE]) / MODEL_FOLDER / f"{file}.nam")


def _student(folder: Path, name: str, file: str) -> Snapshot:
    """Taught, or read if it was before."""
    path = folder / "students" / name
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        write_model(distilled(_teacher(file), STUDENT, _split(), SETTINGS), path)
        _say(f"{name}: taught")
    return read_model(path)


def _lesson(name: str, file: str, student: Snapshot) -> Lesson:
    held_out, teacher = _split().validation.dry, _teacher(file)
    taught, played = (np.concatenate([render(one, dry) for dry in held_out]) for one in (teacher, student))
    return Lesson(name, file, student.digest, esr(taught, played))


def _train(folder: Path, target: Target, students: Mapping[str, Snapshot]) -> None:
    """What becomes of each student on a target; kin, by the teacher's name, are marked."""
    split = Material(folder / "targets").split(target, RATE, SECONDS)
    starts = {
        f"wavenet {name}": (student.digest, student, target.is_kin(TEACHERS[name]))
        for name, student in students.items()
    }
    starts["LSTM-40"] = (SCRATCH, from_scratch(STUDENT, RATE, 0), False)
    done = read_cells(folder / CELLS, _say)
    plan = Plan((target,), (), seeds=1, amounts=(SECONDS,))
    with (folder / CELLS).open("a") as log:
        for name, (digest, start, kin) in starts.items():
            key = (target.name, digest, SECONDS, 0)
            if key not in done:
                loss, test_esr = train(start, split, plan.settings(0))
                done[key] = Cell(
                    target.name, target.kind, target.family[0], digest, name, kin, SECONDS, 0, plan.epochs,
                    loss, test_esr,
                )  # fmt: skip
                append(log, done[key])
    write_atomically(folder / MATRIX, to_csv(sorted(done.values(), key=place), Cell))
    _say(target.name)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    main()
