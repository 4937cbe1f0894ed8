"""The board's reader: what Python refuses it refuses, and what it takes the engine plays right."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from banks import small_bytes, with_word

from zoo.bela.layout import CAB, HEADER, MODEL
from zoo.bela.reading import decode
from zoo.benching.arm import FLAGS
from zoo.errors import ModelFileError

ROOT = Path(__file__).resolve().parents[2]
WARNINGS = ("-Wall", "-Wextra", "-Werror")


def compiled(tmp_path_factory, compiler, *flags):
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is missing")
    program = tmp_path_factory.mktemp("probe") / "bank_probe"
    command = [compiler, "-std=c++11", *WARNINGS, *flags, f"-I{ROOT / 'bela'}"]
    subprocess.run([*command, ROOT / "tests/bela/bank_probe.cpp", "-o", program], check=True)
    return program


@pytest.fixture(scope="module")
def probe(tmp_path_factory):
    """The reader with every access and every overflow watched."""
    sanitised = ("-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    return compiled(tmp_path_factory, "g++", *sanitised)


@pytest.fixture(scope="module")
def arm_probe(tmp_path_factory):
    """The reader as a board compiles it."""
    return compiled(tmp_path_factory, "arm-linux-gnueabihf-g++", *FLAGS)


def verdicts(program, folder, files, *emulator):
    """What the reader says of each of many files."""
    paths = []
    for index, data in enumerate(files):
        paths.append(folder / f"{index}.bin")
        paths[-1].write_bytes(data)
    run = subprocess.run([*emulator, program, *paths], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout.splitlines()


def python_takes(data):
    try:
        decode(data, Path("x.bin"))
    except ModelFileError:
        return False
    return True


def test_every_model_passes_its_test_in_the_engine(probe, tmp_path):
    (verdict,) = verdicts(probe, tmp_path, [small_bytes()])
    taken, error, *rest = verdict.split()
    assert (taken, rest[:4]) == ("taken", ["3", "models", "1", "cabs"])
    assert 0.0 <= float(error) < 1.0


def test_every_model_passes_its_test_on_an_emulated_board(arm_probe, tmp_path):
    if shutil.which("qemu-arm") is None:
        pytest.skip("qemu-arm is missing")
    (verdict,) = verdicts(arm_probe, tmp_path, [small_bytes()], "qemu-arm", "-cpu", "cortex-a8")
    assert verdict.startswith("taken")
    assert 0.0 <= float(verdict.split()[1]) < 1.0


def test_what_is_cut_off_is_refused(probe, tmp_path):
    data = small_bytes()
    sizes = [0, 1, 8, 95, 96, 200, 1000, len(data) // 2, len(data) - 1]
    said = verdicts(probe, tmp_path, [data[:size] for size in sizes])
    assert set(said) == {"the bank is cut off; deploy it again"}


def test_it_is_refused_wherever_it_is_cut(probe, tmp_path):
    path = tmp_path / "x.bank"
    path.write_bytes(small_bytes())
    run = subprocess.run([probe, "--cut", path], capture_output=True, text=True, check=False)
    assert run.stdout == f"{len(small_bytes())} of {len(small_bytes())} refused\n", run.stderr[-2000:]


def test_one_bit_anywhere_is_found(probe, tmp_path):
    data, files = small_bytes(), []
    for bit in [*range(0, 8 * 96, 5), *np.random.default_rng(1).integers(0, 8 * len(data), 200)]:
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        files.append(bytes(flipped))
    assert not [verdict for verdict in verdicts(probe, tmp_path, files) if verdict.startswith("taken")]


def test_a_later_version_is_refused_by_name(probe, tmp_path):
    (verdict,) = verdicts(probe, tmp_path, [with_word(small_bytes(), 8, 2)])
    assert verdict == "the bank is of a later version than this app; update the app"


def test_hostile_words_with_a_fitting_checksum_are_judged_as_python_judges_them(probe, tmp_path):
    data = small_bytes()
    rng = np.random.default_rng(2)
    odd = (0, 1, 16, 0x7FFFFFFF, 0xFFFFFFFF, 0x7FC00000, 0x80000000, len(data), len(data) - 4)
    files = [
        with_word(data, at, int(rng.choice(odd)) if rng.random() < 0.7 else int(rng.integers(1 << 32)))
        for at in range(16, HEADER.size + 3 * MODEL.size + CAB.size, 4)
        for _ in range(2)
    ]
    shape = decode(data, Path("x.bin")).models[2].shape
    where = data.find(shape.tobytes())
    files += [
        with_word(data, where + 4 * index, word)
        for index in range(shape.size)
        for word in (0, 2, 257, 0xFFFFFFFF)
    ]
    said = [verdict.startswith("taken") for verdict in verdicts(probe, tmp_path, files)]
    assert said == [python_takes(file) for file in files]
    assert True in said
    assert said.count(False) > len(said) // 2


def test_what_is_no_bank_is_refused(probe, tmp_path):
    said = verdicts(probe, tmp_path, [b"RIFF" + bytes(200), bytes(300)])
    assert set(said) == {"this is no bank of models"}
    missing = subprocess.run([probe, tmp_path / "none"], capture_output=True, text=True, check=True)
    assert missing.stdout == "the bank cannot be opened; deploy it again\n"
