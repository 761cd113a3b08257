"""Checkpoints: what comes back is what was saved, and a bad file gives one clear error."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file

from crnn.checkpoint import load, save
from crnn.config import ConvBlock, to_json
from crnn.errors import CheckpointError
from crnn.params import FlatParams
from crnn.train import TrainState, advance, digests, initial_state
from tests import tiny

CONFIG = tiny.config()
DATA = tiny.training_set(CONFIG)


def _trained(steps: int) -> TrainState:
    state = initial_state(CONFIG)
    for _ in range(steps):
        state = advance(CONFIG, DATA, state).state
    return state


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "a.safetensors"
    save(path, _trained(3), CONFIG, fingerprint=DATA.dataset.fingerprint)
    return path


def test_training_goes_on_bit_for_bit_from_a_full_checkpoint(saved: Path) -> None:
    found = load(saved)
    assert (found.kind, found.step, found.config) == ("full", 3, CONFIG)
    state, straight = found.state(), _trained(8)
    for _ in range(5):
        state = advance(CONFIG, DATA, state).state
    assert digests(state).tolist() == digests(straight).tolist()
    assert state.step == straight.step


def test_the_public_safetensors_library_reads_the_file(saved: Path) -> None:
    arrays = load_file(saved)
    found = load(saved)
    for name, array in found.params.items():
        assert np.array_equal(arrays[name], array)
    assert np.array_equal(arrays["optimiser.v"], found.moments_P[1])
    with safe_open(saved, "np") as file:
        metadata = file.metadata()
    assert {"format", "kind", "config", "alphabet", "step", "seed", "kernels", "shards"} <= set(
        metadata
    )
    assert metadata["fingerprint"] == DATA.dataset.fingerprint


def test_weights_alone_start_a_fresh_optimiser_at_their_step(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save(path, _trained(3), CONFIG, kind="weights")
    state = load(path).state()
    assert state.step == state.moments_since == 3
    assert not any(moment.any() for moment in state.moments_P)
    after = advance(CONFIG, DATA, state).state
    change = np.abs(after.params.flat - state.params.flat).max()
    assert change == pytest.approx(CONFIG.lr, rel=1e-3), "Adam's first step is lr long"


@pytest.mark.parametrize("kind", ["full", "weights"])
def test_running_statistics_come_back_with_either_kind(tmp_path: Path, kind: Any) -> None:
    config = tiny.config(convs=(ConvBlock(4, (2, 2), norm="batch"),), optimiser="adadelta")
    data, state = tiny.training_set(config), initial_state(config)
    for _ in range(3):
        state = advance(config, data, state).state
    path = tmp_path / "n.safetensors"
    save(path, state, config, kind=kind)
    found = load(path)
    assert found.statistics.flat.tobytes() == state.statistics.flat.tobytes()
    assert set(load_file(path)) >= {"norm1.mean", "norm1.var"}
    if kind == "full":
        after, straight = (advance(config, data, s).state for s in (found.state(), state))
        assert digests(after).tolist() == digests(straight).tolist()


def test_a_variance_below_0_is_refused(tmp_path: Path) -> None:
    config = tiny.config(convs=(ConvBlock(4, (2, 2), norm="batch"),))
    state = initial_state(config)
    flat = -state.statistics.flat
    broken = replace(state, statistics=FlatParams(state.statistics.layout, flat))
    save(tmp_path / "v.safetensors", broken, config)
    with pytest.raises(CheckpointError, match=r"norm1\.var holds a variance below 0"):
        load(tmp_path / "v.safetensors")


def test_a_float64_checkpoint_comes_back_as_float64(tmp_path: Path) -> None:
    config = tiny.config(dtype="float64", optimiser="sgd")
    path = tmp_path / "d.safetensors"
    state = initial_state(config)
    save(path, state, config)
    assert np.array_equal(load(path).params.flat, state.params.flat)
    assert load(path).params.flat.dtype == np.float64


def test_nothing_that_was_loaded_can_be_written_to(saved: Path) -> None:
    state = load(saved).state()
    assert not state.params.flat.flags.writeable
    assert not any(moment.flags.writeable for moment in state.moments_P)


def test_a_save_that_fails_leaves_the_old_file(saved: Path, tmp_path: Path) -> None:
    before = saved.read_bytes()
    with pytest.raises(CheckpointError, match="cannot be written"):
        save(saved / "below_a_file", _trained(1), CONFIG)
    assert saved.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [saved.name]


def test_every_cut_of_a_file_is_refused(saved: Path) -> None:
    whole = saved.read_bytes()
    for size in [*range(64), *range(64, len(whole), 397), len(whole) - 1]:
        saved.write_bytes(whole[:size])
        with pytest.raises(CheckpointError, match="take another copy"):
            load(saved)


def test_every_flipped_byte_is_noticed(saved: Path) -> None:
    whole = saved.read_bytes()
    for at in range(0, len(whole), 61):
        broken = bytearray(whole)
        broken[at] ^= 0x04
        saved.write_bytes(broken)
        with pytest.raises(CheckpointError):
            load(saved)


Table = dict[str, Any]


def _rewrite(path: Path, change: Callable[[Table], None]) -> None:
    """Change the JSON header and leave the tensors as they are."""
    whole = path.read_bytes()
    end = 8 + int.from_bytes(whole[:8], "little")
    table = json.loads(whole[8:end])
    change(table)
    header = json.dumps(table).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + whole[end:])


def _set(name: str, key: str, value: object) -> Callable[[Table], None]:
    def change(table: Table) -> None:
        table[name][key] = value

    return change


HOSTILE = {
    "offsets past the end": _set("conv1.w", "data_offsets", [0, 10**15]),
    "a negative offset": _set("conv1.w", "data_offsets", [-4, 0]),
    "offsets that are no numbers": _set("conv1.w", "data_offsets", ["0", "144"]),
    "an overlap": _set("conv1.b", "data_offsets", [0, 16]),
    "a huge shape": _set("conv1.w", "shape", [2**40, 2**40]),
    "a shape that overflows to 0": _set("conv1.w", "shape", [2**32, 2**32]),
    "another shape": _set("conv1.w", "shape", [36]),
    "an unknown dtype": _set("conv1.w", "dtype", "BF16"),
    "no dtype": lambda table: table["conv1.w"].pop("dtype"),
    "a tensor that is no table": lambda table: table.update({"conv1.w": 3}),
    "metadata that is no table": lambda table: table.update({"__metadata__": []}),
    "metadata that is no string": _set("__metadata__", "step", 3),
    "no metadata": lambda table: table.pop("__metadata__"),
    "another program's file": _set("__metadata__", "format", "pt"),
    "another digest": _set("__metadata__", "digest", "0" * 64),
    "another learning rate": _set("__metadata__", "lr", "1.0"),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_header_gives_one_error_that_names_the_file(
    change: Callable[[Table], None], saved: Path
) -> None:
    _rewrite(saved, change)
    with pytest.raises(CheckpointError) as caught:
        load(saved)
    assert str(saved) in str(caught.value)


def test_a_newer_format_says_to_update(saved: Path) -> None:
    _rewrite(saved, _set("__metadata__", "format", "crnn-debugger/2"))
    with pytest.raises(CheckpointError, match="update the program"):
        load(saved)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 a zip file of some other program",
        (2**63).to_bytes(8, "little") + b"{}",
        (40).to_bytes(8, "little") + b"[" * 40,
        (2).to_bytes(8, "little") + b"[]",
        (4).to_bytes(8, "little") + b"\xff\xfe\xfd\xfc",
        (100_000).to_bytes(8, "little") + b"[" * 100_000,
        (22).to_bytes(8, "little") + b'{"a": 1, "a": 2      }',
    ],
)
def test_a_foreign_file_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "foreign.safetensors"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="take another copy"):
        load(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.safetensors", tmp_path):
        with pytest.raises(CheckpointError, match="cannot be read"):
            load(path)


BAD_CONFIGS: dict[str, Callable[[Table], object]] = {
    "not a table": lambda c: c.clear(),
    "text for a count": lambda c: c.update(units="8"),
    "a fraction for a count": lambda c: c.update(units=8.5),
    "huge": lambda c: c.update(units=2**40),
    "text for a rate": lambda c: c.update(eps="x"),
    "numbers for symbols": lambda c: c["alphabet"].update(symbols=[1, 2]),
    "a symbol twice": lambda c: c["alphabet"].update(symbols=["a", "a"]),
    "no pool": lambda c: c["convs"][0].update(pool=[]),
    "a pool of 0": lambda c: c["convs"][0].update(pool=[0, 0]),
    "a width that is text": lambda c: c["input"].update(width="16"),
}


@pytest.mark.parametrize("change", BAD_CONFIGS.values(), ids=BAD_CONFIGS.keys())
def test_a_config_that_cannot_be_is_refused_even_with_right_digests(
    change: Callable[[Table], object], saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_other_config(config: object) -> str:
        table = json.loads(to_json(CONFIG))
        change(table)
        return json.dumps(table)

    monkeypatch.setattr("crnn.checkpoint.to_json", of_other_config)
    save(saved, _trained(1), CONFIG)
    with pytest.raises(CheckpointError, match="damaged"):
        load(saved)


def test_a_nan_in_a_tensor_is_refused(tmp_path: Path) -> None:
    state = initial_state(CONFIG)
    flat = state.params.flat.copy()
    flat[0] = np.nan
    broken = TrainState(0, 0.1, FlatParams(state.params.layout, flat), state.moments_P)
    path = tmp_path / "nan.safetensors"
    save(path, broken, CONFIG)
    with pytest.raises(CheckpointError, match=r"conv1\.w holds a NaN"):
        load(path)
