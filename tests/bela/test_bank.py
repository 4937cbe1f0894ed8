"""Banks as Python writes and reads them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from banks import ESTIMATED, SNAPSHOTS, made, sealed, small_bank, small_bytes, wavenet, with_word

from zoo.architecture import Recurrent, Slimmable, Submodel
from zoo.bela.bank import Bank
from zoo.bela.layout import CAB, HEADER, MODEL, encode
from zoo.bela.levels import cabinet, playing, trim_db
from zoo.bela.networks import start_state, to_snapshot, with_state
from zoo.bela.packing import TooHeavy, Wishes, WrongRate, pack_model
from zoo.bela.reading import decode, read_bank
from zoo.bela.rest import rest_state
from zoo.engine import render
from zoo.engine.flat import flat_weights, named_weights
from zoo.errors import BadRequest, ModelFileError, SnapshotError, UnsupportedModel
from zoo.reports.loudness import loudness_db
from zoo.snapshot import Snapshot

HERE = Path("x.bank")


def test_a_bank_reads_as_it_was_written():
    bank, read = small_bank(), decode(small_bytes(), HERE)
    assert (read.name, read.budget, len(read.models)) == ("Bänk", bank.budget, 3)
    for one, other in zip(bank.models, read.models, strict=True):
        for what in ("name", "device", "digest", "kind", "gain_class", "sample_rate", "residual", "hidden"):
            assert getattr(one, what) == getattr(other, what)
        for what in ("weights", "start", "shape", "test_in", "test_out"):
            np.testing.assert_array_equal(getattr(one, what), getattr(other, what))
    np.testing.assert_array_equal(read.cabs[0].taps, bank.cabs[0].taps)
    assert encode(read) == small_bytes()


@pytest.mark.parametrize("index", range(3))
def test_a_model_comes_back_as_the_very_same_sound(index):
    back = to_snapshot(decode(small_bytes(), HERE).models[index])
    np.testing.assert_allclose(back.input_gain_db, SNAPSHOTS[index].input_gain_db, atol=1e-5)
    assert replace(back, input_gain_db=SNAPSHOTS[index].input_gain_db,
                   output_gain_db=SNAPSHOTS[index].output_gain_db) == SNAPSHOTS[index]  # fmt: skip


def test_the_sizes_in_the_description_are_those_of_the_records():
    assert (HEADER.size, MODEL.size, CAB.size) == (96, 256, 96)


@pytest.mark.parametrize("snapshot", SNAPSHOTS, ids=lambda s: str(s.architecture))
def test_flat_weights_have_names_again(snapshot):
    named = named_weights(snapshot.architecture, flat_weights(snapshot))
    assert named.keys() == snapshot.weights.keys()
    assert all((named[name] == snapshot.weights[name]).all() for name in named)


@pytest.mark.parametrize("snapshot", SNAPSHOTS[:2], ids=["LSTM", "GRU"])
def test_a_network_at_rest_puts_out_what_it_puts_out_after_a_long_silence(snapshot):
    rest, still = rest_state(snapshot)
    assert still
    silence = np.zeros(44_100, np.float32)
    settled = render(snapshot, silence)[-1]
    np.testing.assert_allclose(render(with_state(snapshot, rest), silence[:64]), settled, atol=1e-6)
    assert abs(render(snapshot, silence)[0] - settled) > 1e-4  # from zeros it would have been heard


def test_a_network_that_never_rests_is_said_to_do_so(oscillator):
    kicked = with_state(oscillator, np.full(4, 0.3, np.float32))
    assert rest_state(kicked)[1] is False
    assert "does not come to rest" in pack_model(kicked, wishes=ESTIMATED).remarks[0]


def test_the_start_state_is_kept_apart_from_rest():
    own = with_state(SNAPSHOTS[0], np.linspace(-0.5, 0.5, 16, dtype=np.float32))
    model = pack_model(own, wishes=ESTIMATED).model
    np.testing.assert_array_equal(model.start, start_state(own))
    assert to_snapshot(model).weights.keys() == own.weights.keys()
    assert to_snapshot(model) == replace(own, input_gain_db=to_snapshot(model).input_gain_db,
                                         output_gain_db=to_snapshot(model).output_gain_db)  # fmt: skip


def test_trims_make_models_as_loud_as_the_playing():
    dry = playing(44_100)
    wanted = loudness_db(dry, 44_100)
    for model in small_bank().models:
        snapshot = to_snapshot(model)
        if model.kind != "WaveNet":
            snapshot = with_state(snapshot, rest_state(snapshot)[0])
        wet = render(snapshot, dry) * 10 ** (model.trim_db / 20)
        assert loudness_db(wet, 44_100) == pytest.approx(wanted, abs=0.05)


def test_a_half_needs_six_decibels():
    assert trim_db(lambda dry: 0.5 * dry, 44_100)[0] == pytest.approx(6.02, abs=0.01)


def test_a_cabinet_leaves_loudness_as_it_is_and_its_silence_goes():
    taps = np.concatenate([np.zeros(100), 3.0 * np.exp(-np.arange(3000) / 100)]).astype(np.float32)
    cab = cabinet("Box", taps, 44_100)
    assert cab.taps.size == 1024
    assert cab.taps[0] == cab.taps.max()
    dry = playing(44_100)
    wet = np.convolve(dry, cab.taps)[: dry.size]
    assert loudness_db(wet, 44_100) == pytest.approx(loudness_db(dry, 44_100), abs=0.1)


def test_a_silent_cabinet_is_refused():
    with pytest.raises(BadRequest, match="silent"):
        cabinet("Box", np.zeros(10, np.float32), 44_100)


def test_a_model_beyond_the_budget_is_refused_and_packed_by_force():
    heavy = made(Recurrent("LSTM", 200), 5, scale=0.1)
    with pytest.raises(TooHeavy, match=r"LSTM-200, takes about \d+ instructions.*budget is 10000"):
        pack_model(heavy, wishes=ESTIMATED)
    packed = pack_model(heavy, wishes=replace(ESTIMATED, force=True))
    assert packed.model.forced
    assert "stutter" in packed.remarks[0]


@pytest.mark.parametrize(("rate", "colour"), [(48_000, "darker"), (32_000, "brighter")])
def test_a_model_for_another_rate_is_refused_or_its_colour_named(rate, colour):
    model = made(Recurrent("LSTM", 4), 6, rate=rate)
    with pytest.raises(WrongRate, match=f"a model for {rate} Hz, and the board runs at 44100 Hz"):
        pack_model(model, wishes=ESTIMATED)
    assert colour in pack_model(model, wishes=replace(ESTIMATED, any_rate=True)).remarks[0]


def test_of_a_slimmable_model_the_largest_size_within_the_budget_is_packed():
    small, large = wavenet(2), wavenet(8)
    architecture = Slimmable((Submodel(0.5, small), Submodel(1.0, large)))
    both = made(architecture, 7)
    assert pack_model(both, wishes=ESTIMATED).model.hidden == 8
    packed = pack_model(both, wishes=Wishes(budget=800, count=False))
    assert packed.model.hidden == 2
    assert "WaveNet-2/2" in packed.remarks[0]


def test_knobs_must_be_fixed_first():
    with pytest.raises(SnapshotError, match="1 knobs; fix them"):
        pack_model(made(Recurrent("LSTM", 4, 2), 8), wishes=ESTIMATED)


def test_names_are_cut_at_a_character_and_lose_what_is_none():
    model = replace(small_bank().models[0], name="ä" * 40 + "\n", device="Tab\there\ud800!")
    read = decode(encode(Bank("b", (model,))), HERE).models[0]
    assert read.name == "ä" * 31
    assert read.device == "Tab here !"


def test_too_many_models_are_refused():
    with pytest.raises(BadRequest, match="65 models and 0 cabinets are too many"):
        encode(Bank("b", small_bank().models[:1] * 65))


def test_what_is_cut_off_is_refused_wherever_it_is_cut():
    data = small_bytes()
    for size in range(len(data)):
        with pytest.raises(ModelFileError, match="cut off"):
            decode(data[:size], HERE)


def test_one_bit_anywhere_is_found():
    data = small_bytes()
    rng = np.random.default_rng(9)
    for bit in [*range(8 * 100), *rng.integers(0, 8 * len(data), 300)]:
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ModelFileError):
            decode(bytes(flipped), HERE)


def test_a_later_version_is_refused_by_name():
    with pytest.raises(UnsupportedModel, match="version 2, and this tonezoo reads 1; update"):
        decode(with_word(small_bytes(), 8, 2), HERE)


def taken(data):
    """The bank, or None if it is called damaged."""
    try:
        return decode(data, HERE)
    except ModelFileError as error:
        if "damaged" not in str(error):
            raise
        return None


def test_words_that_no_writer_puts_there_are_refused_or_harmless():
    data = small_bytes()
    records = range(HEADER.size, HEADER.size + 3 * MODEL.size + CAB.size, 4)
    for at in records:
        for word in (0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0x7FC00000, len(data)):
            bank = taken(with_word(data, at, word))
            assert bank is None or all(np.isfinite(model.weights).all() for model in bank.models)


def test_not_a_bank_is_said_to_be_none(tmp_path):
    path = tmp_path / "x.bin"
    path.write_bytes(b"RIFF" + bytes(200))
    with pytest.raises(ModelFileError, match="no bank of models"):
        read_bank(path)
    with pytest.raises(ModelFileError, match="cannot be read"):
        read_bank(tmp_path)


def test_numbers_that_are_none_are_refused():
    data = small_bytes()
    with pytest.raises(ModelFileError, match="weights are out of bounds"):
        decode(sealed(data[:960] + b"\xff\xff\xff\x7f" * 20 + data[1040:]), HERE)


def test_an_empty_bank_is_sound():
    assert decode(encode(Bank("", ())), HERE).models == ()
    assert isinstance(SNAPSHOTS[0], Snapshot)
