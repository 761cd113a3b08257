"""A run as one file: it steps on another machine, says what it is, and lets nothing out of it."""

from __future__ import annotations

import copy
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from crnn.data.dataset import Dataset
from crnn.data.edited import Drop, Relabel, Repaint
from crnn.debug import carried
from crnn.debug.branch_messages import Branch
from crnn.debug.capture import MANIFEST, about, export, unpack
from crnn.debug.edits import ChangeRate, ZeroUnit
from crnn.debug.messages import Load, Loaded, Seek, SetLearningRate, Step
from crnn.debug.proof import prove_line
from crnn.debug.proving import prove
from crnn.debug.recording import open_run
from crnn.debug.runs import begin, training_set
from crnn.debug.script_messages import Export, Exported, ExportPlanned, PlanExport
from crnn.debug.timeline import Cancelled
from crnn.errors import RecordingError
from crnn.train import initial_state
from tests import tiny
from tests.driving import NEW, Driver, same, state_on_screen, straight

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
        ({MANIFEST: b"[" * 10**6}, zipfile.ZIP_STORED, "cannot be read"),
        ({MANIFEST: _LISTED, "branches/1/../../x": b""}, zipfile.ZIP_STORED, "no run has"),
        ({MANIFEST: _EMPTY, "/etc/config.json": b""}, zipfile.ZIP_STORED, "no run has"),
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


def test_a_link_is_refused(exported: Path, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("states/step_000000099.safetensors")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(exported, "a") as file:
        file.writestr(link, "/etc/passwd")
    with pytest.raises(RecordingError, match="is a link"):
        unpack(exported, tmp_path / "out")


def test_one_changed_byte_is_found(exported: Path, tmp_path: Path) -> None:
    raw = bytearray(exported.read_bytes())
    raw[len(raw) // 2] ^= 1
    exported.write_bytes(raw)
    with pytest.raises(RecordingError, match="take another copy"):
        unpack(exported, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_a_file_that_was_cut_is_refused(share: float, exported: Path, tmp_path: Path) -> None:
    raw = exported.read_bytes()
    exported.write_bytes(raw[: int(share * len(raw))])
    with pytest.raises(RecordingError, match="cannot be opened: it is no whole file"):
        unpack(exported, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_file_that_claims_more_than_it_holds_is_refused(exported: Path, tmp_path: Path) -> None:
    """A thousand members that are one and the same place of the file."""
    with zipfile.ZipFile(exported, "a") as file:
        whole = max(file.infolist(), key=lambda info: info.file_size)
        for step in range(1000):
            again = copy.copy(whole)
            again.filename = f"states/step_{step:09d}.safetensors"
            if again.filename not in file.NameToInfo:
                file.filelist.append(again)
        file._didModify = True  # type: ignore[attr-defined]
    with pytest.raises(RecordingError, match="more than its own size"):
        unpack(exported, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_it_brings_branches_of_branches_with_their_edits(tmp_path: Path) -> None:
    """Opened elsewhere every line of it is proven, walked, and goes on."""
    edits = (Relabel(1, "라"), Repaint(3, ((2, 2, 0), (2, 3, 7))), ZeroUnit("conv1", 1))
    with Driver(run_dir=tmp_path / "run") as driver:
        driver.do(NEW, *[Step()] * 5, SetLearningRate(0.02), Step(), Seek(3))
        driver.do(Branch(edits, "first"), *[Step()] * 4, Seek(5))
        driver.do(Branch((Drop(2), ChangeRate(0.05)), "nested"), *[Step()] * 3)
        end = state_on_screen(driver, tmp_path)
        driver.inbox.put(PlanExport())
        planned = driver.wait(lambda e: isinstance(e, ExportPlanned))
        driver.inbox.put(Export(tmp_path / "t.crnnrun"))
        written = driver.wait(lambda e: isinstance(e, Exported))
    assert isinstance(planned, ExportPlanned)
    held = planned.contents
    assert (held.head, held.n_branches, held.n_states, held.data) == (6, 2, 6, "small")
    assert isinstance(written, Exported)
    assert written.n_bytes >= held.run_bytes + held.data_bytes
    shutil.rmtree(tmp_path / "run")
    with Driver(tmp_path / "elsewhere") as driver:
        frame = driver.do(Load(tmp_path / "t.crnnrun"))
        assert frame.branches is not None
        listed = [(i.name, i.parent, i.start, i.head, i.edits) for i in frame.branches.all]
        assert listed[1:] == [
            ("first", 0, 3, 7, edits),
            ("nested", 1, 5, 8, (Drop(2), ChangeRate(0.05))),
        ]
        assert (frame.branches.active, frame.step) == (2, 8)
        assert same(state_on_screen(driver, tmp_path), end)
        assert driver.do(Seek(6)).run.data.dataset.texts[1] == "라"
        assert driver.do(Seek(1), Seek(8), Step()).head == 9
        there = Path(driver.shown.run.directory)
    data = carried.read(there / "data")
    assert data is not None
    proven = prove(open_run(there), data)
    assert proven.equal
    assert [b.beginning for b in proven.branches] == ["", "equal", "equal"]


def test_an_export_that_is_stopped_leaves_what_was_there(tmp_path: Path) -> None:
    begin(CONFIG, DATA, initial_state(CONFIG), name="t", directory=tmp_path / "run").close()
    path, told = tmp_path / "t.crnnrun", []

    def progress(done: int, total: int) -> bool:
        told.append((done, total))
        return len(told) < 3

    path.write_bytes(b"before")
    with pytest.raises(Cancelled):
        export(tmp_path / "run", DATA.dataset, path, progress=progress)
    assert path.read_bytes() == b"before"
    assert {p.name for p in tmp_path.iterdir()} == {"run", "t.crnnrun"}
    assert export(tmp_path / "run", DATA.dataset, path) == ""
    with pytest.raises(Cancelled):
        unpack(path, tmp_path / "out", lambda _done, _total: False)
    assert {p.name for p in tmp_path.iterdir()} == {"run", "t.crnnrun"}


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
    assert "pass it on only where" in export(tmp_path / "run", folder, path, with_data=True)
    assert "data/pixels.bin" in zipfile.ZipFile(path).namelist()
