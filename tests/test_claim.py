"""One writer a recording: whoever opens one that is open is told so, and nothing of it changes."""

from __future__ import annotations

import errno
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from crnn.debug import shelf
from crnn.debug.claim import is_open
from crnn.debug.messages import Load, Step, Stop
from crnn.debug.recording import open_run
from tests.driving import NEW, Driver

ROOT = Path(__file__).parent.parent
ASK = "import sys, pathlib, crnn.debug.claim as c; print(c.is_open(pathlib.Path(sys.argv[1])))"


def _asked_elsewhere(directory: Path) -> str:
    command = [sys.executable, "-c", ASK, str(directory)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    return done.stdout.strip()


def test_a_run_that_is_open_is_not_opened_again(tmp_path: Path) -> None:
    place = tmp_path / "run"
    with Driver(run_dir=place) as first, Driver() as second:
        first.do(NEW, Step(), Step())
        assert _asked_elsewhere(place) == "True"
        for driver in (first, second):
            failed = driver.refused(Load(place, NEW.dataset))
            assert "this run is open already" in failed.message
        assert first.do(Step()).step == 3
        first.do(Stop())
        assert _asked_elsewhere(place) == "False"
        assert second.do(Load(place, NEW.dataset), Step()).step == 4
    assert open_run(place).head == 4


def test_the_shelf_keeps_what_is_open_in_another_window(tmp_path: Path) -> None:
    old = tmp_path / f"{shelf.PREFIX}20240101-000000"
    with Driver(run_dir=old) as driver:
        driver.do(NEW)
        assert is_open(old)
        assert shelf.prune_unnamed(tmp_path, keep=0) == ()
    assert not is_open(old)
    assert shelf.prune_unnamed(tmp_path, keep=0) == (old,)
    assert not is_open(old), "there is none any more"


# ---- as Windows locks ----


class _Msvcrt:
    """What msvcrt does: bytes of a file, from where its descriptor stands, locked for that
    descriptor alone and until it unlocks them; a closed one may keep them for a while. EACCES where
    another has one of them, and where bytes are unlocked that were never locked."""

    LK_UNLCK, LK_LOCK, LK_NBLCK, LK_RLCK, LK_NBRLCK = range(5)

    def __init__(self) -> None:
        self.held: dict[tuple[int, int], int] = {}
        """(file, byte) -> descriptor."""

    def locking(self, fd: int, mode: int, n_bytes: int) -> None:
        at = os.lseek(fd, 0, os.SEEK_CUR)
        places = [(os.fstat(fd).st_ino, byte) for byte in range(at, at + n_bytes)]
        if mode not in (self.LK_UNLCK, self.LK_NBLCK):
            raise OSError(errno.EINVAL, "this would wait")
        for place in places:
            if self.held.get(place) != (None if mode == self.LK_NBLCK else fd):
                raise OSError(errno.EACCES, "Permission denied")
        for place in places:
            if mode == self.LK_NBLCK:
                self.held[place] = fd
            else:
                del self.held[place]


def _as_on_windows(monkeypatch: pytest.MonkeyPatch, msvcrt: object) -> ModuleType:
    from crnn.debug import claim

    monkeypatch.setitem(sys.modules, "msvcrt", msvcrt)
    monkeypatch.setattr(sys, "platform", "win32")
    spec = importlib.util.spec_from_file_location("claim_on_windows", claim.__file__)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    monkeypatch.undo()
    return made


def test_windows_locks_a_byte_behind_the_recording_and_gives_it_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One writer at a time, who stands where it stood, whatever kind of file it is; who only asks,
    or has given up, holds nothing, closed or not."""
    msvcrt = _Msvcrt()
    claim = _as_on_windows(monkeypatch, msvcrt)
    path = tmp_path / claim.METRICS
    path.write_bytes(bytes(1000))
    assert not claim.is_open(tmp_path / "nothing")
    assert not claim.is_open(tmp_path)
    assert not msvcrt.held
    with path.open("r+b", buffering=0) as first, path.open("r+b") as second:
        first.seek(400)
        second.seek(300)
        assert not claim.is_claimed(first)
        assert claim.is_claimed(second)
        assert claim.is_open(tmp_path)
        claim.release(second)  # it has none
        assert claim.is_claimed(second)
        assert (first.tell(), second.tell()) == (400, 300)
        assert first.write(b"x" * 200) == 200
        assert second.read(101) == bytes(100) + b"x"
        ((_, byte),) = msvcrt.held
        assert byte >= 1 << 40
        claim.release(first)
        assert not claim.is_open(tmp_path)
        assert not claim.is_claimed(second)
        claim.release(second)
    assert not msvcrt.held
    assert path.stat().st_size == 1000


def test_a_file_system_without_locks_keeps_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locking(*_args: int) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    claim = _as_on_windows(monkeypatch, SimpleNamespace(LK_NBLCK=2, LK_UNLCK=0, locking=locking))
    (tmp_path / claim.METRICS).write_bytes(b"")
    assert not claim.is_open(tmp_path)
