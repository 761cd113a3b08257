"""A run as one file: it steps on another machine, says what it is, and lets nothing out of it."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from crnn.data.dataset import Dataset
from crnn.debug import carried
from crnn.debug.capture import MANIFEST, about, export, unpack
from crnn.debug.messages import Load, Loaded, Seek, Step
from crnn.debug.proof import prove_line
from crnn.debug.recording import open_run
from crnn.debug.runs import begin, training_set
from crnn.errors import RecordingError
from crnn.train import initial_state
from tests import tiny
from tests.driving import Driver, same, state_on_screen, straight

CONFIG = tiny.config()
DATA = tiny.training_set(CONFIG)


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A run of 12 steps on data that no other machine has; its directory is gone."""
    timeline = begin(CONFIG, DATA, initial_state(CONFIG), name="t", directory=tmp_path / "run")
    for _ in range(12):
        timeline.train()
    timeline.close()
    assert export(tmp_path / "run", DATA.dataset, tmp_path / "t.crnnrun") == ""
    shutil.rmtree(tmp_path / "run")
    return tmp_path / "t.crnnrun"


def test_an_exported_run_steps_elsewhere_and_brings_its_samples(
    exported: Path, tmp_path: Path
) -> None:
    unpack(exported, tmp_path / "there")
    run = open_run(tmp_path / "there")
    data = carried.read(tmp_path / "there" / "data")
    assert data is not None
    assert data.fingerprint == run.header.data_fingerprint
    assert prove_line(run, training_set(CONFIG, data)).steps_checked == 12
    said = " ".join(about(tmp_path / "there"))
    assert "8 samples are in it" in said
    assert "steps 0 to 12: replay is exact here" in said


def test_the_debugger_opens_it_and_goes_back_in_it(exported: Path, tmp_path: Path) -> None:
    with Driver(tmp_path / "runs") as driver:
        frame = driver.do(Load(exported))
        assert (frame.step, frame.head) == (12, 12)
        loaded = next(event for event in driver.events if isinstance(event, Loaded))
        assert "replay is exact here" in " ".join(loaded.notes)
        driver.do(Seek(5))
        assert same(state_on_screen(driver, tmp_path), straight(5))
        assert driver.do(Seek(12), Step()).head == 13


def _foreign(path: Path, names: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", how) as file:
        for name, content in names.items():
            file.writestr(name, content)


_EMPTY = json.dumps({"format": "crnn-debugger-capture/1", "sha256": {}}).encode()
_LISTED = json.dumps({"format": "crnn-debugger-capture/1", "sha256": {"../x": ""}}).encode()
_OTHER = json.dumps({"format": "crnn-debugger-capture/9", "sha256": {}}).encode()


@pytest.mark.parametrize(
    ("names", "how", "message"),
    [
        ({MANIFEST: _LISTED, "../x": b""}, zipfile.ZIP_STORED, "no run has"),
        ({MANIFEST: _EMPTY, "run.py": b""}, zipfile.ZIP_STORED, "no run has"),
        ({MANIFEST: _EMPTY, "config.json": b"{}"}, zipfile.ZIP_STORED, "what it lists"),
        ({MANIFEST: _OTHER}, zipfile.ZIP_STORED, "its format"),
        ({MANIFEST: b"["}, zipfile.ZIP_STORED, "cannot be read"),
        ({"a": b""}, zipfile.ZIP_STORED, "not a run"),
        ({MANIFEST: b" " * 10**6}, zipfile.ZIP_DEFLATED, "is packed"),
    ],
)
def test_a_foreign_or_unsafe_file_is_refused_and_leaves_nothing(
    names: dict[str, bytes], how: int, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "in" / "bad.crnnrun"
    path.parent.mkdir()
    _foreign(path, names, how)
    with pytest.raises(RecordingError, match=message):
        unpack(path, tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["in"]


def test_one_changed_byte_is_found(exported: Path, tmp_path: Path) -> None:
    raw = bytearray(exported.read_bytes())
    raw[len(raw) // 2] ^= 1
    exported.write_bytes(raw)
    with pytest.raises(RecordingError, match="take another copy"):
        unpack(exported, tmp_path / "out")
    assert not (tmp_path / "out").exists()


class _Folder:
    """The tiny set as if it came from a folder of the user's."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset, self.source = dataset, "/data/hands"

    def __getattr__(self, name: str) -> object:
        return getattr(self._dataset, name)

    def __len__(self) -> int:
        return len(self._dataset)


def test_samples_of_a_folder_stay_behind_unless_asked_for(tmp_path: Path) -> None:
    begin(CONFIG, DATA, initial_state(CONFIG), name="t", directory=tmp_path / "run").close()
    folder: Dataset = _Folder(DATA.dataset)  # type: ignore[assignment]
    path = tmp_path / "t.crnnrun"
    assert "may not be yours to pass on" in export(tmp_path / "run", folder, path)
    assert not any("data/" in name for name in zipfile.ZipFile(path).namelist())
    assert "pass it on only where" in export(tmp_path / "run", folder, path, with_folder=True)
    assert "data/pixels.bin" in zipfile.ZipFile(path).namelist()
