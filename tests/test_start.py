"""The program as a user starts it: real processes, whose exit status is looked at."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from crnn.debug.recording import open_run
from gui.display import PACKAGES, missing_display, missing_library
from gui.options import Options, parse

ROOT = Path(__file__).parent.parent
STEPS = """
import sys
sys.argv = ["main.py"]
import main
main.limit_blas()
from PySide6.QtCore import QObject, QTimer
from gui import desk
from gui.options import Options

class Driver(QObject):
    def __init__(self, owner, script):
        super().__init__()
        self.owner, self.script = owner, list(script)
        owner.bridge.parked.connect(self.next)
        self.keep = owner
    def next(self, event):
        name = self.script.pop(0) if self.script else "quit"
        sys.stdout.write(f"{name} at {event.step}\\n")
        self.owner.window.actions_[name].trigger()
        if name == "run":
            QTimer.singleShot(700, self.owner.window.close)

original = desk.Desk.__init__
def with_driver(self, *args):
    original(self, *args)
    self.driver = Driver(self, SCRIPT)
desk.Desk.__init__ = with_driver
from gui import app
sys.exit(app.main(Options()))
"""


BEFORE_PAINT = """
import json, sys
import main
main.limit_blas()
from PySide6.QtCore import QTimer
from gui import app, window
from gui.options import Options

original = window.Window.__init__
def listening(self, *args):
    original(self, *args)
    self.painted.connect(lambda: sys.stdout.write(json.dumps(sorted(sys.modules))))
    self.painted.connect(lambda: QTimer.singleShot(0, self.close))
window.Window.__init__ = listening
app.PAINT_WAIT_MS = 60_000
sys.exit(app.main(Options()))
"""
LATER = (
    "PIL", "crnn.config", "crnn.train", "crnn.model", "crnn.data", "crnn.ops", "crnn.checkpoint",
    "crnn.debug.messages", "crnn.debug.inner", "crnn.debug.points", "crnn.debug.trace",
    "crnn.debug.debugger", "crnn.debug.scripting", "gui.dialogs", "gui.commands_palette",
    "gui.views.augmentation", "gui.views.console", "gui.views.data", "gui.views.draw",
    "multiprocessing", "numpy.ma", "numpy.random", "pyqtgraph",
)  # fmt: skip
"""Modules that a plain start may load only when the window has been painted."""


def _environment(home: Path, **changes: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("QT_", "XDG_"))}
    kept.pop("DISPLAY", None)
    kept.pop("WAYLAND_DISPLAY", None)
    return {**kept, "HOME": str(home), "XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home),
            "PYTHONPATH": str(ROOT), **changes}  # fmt: skip


def _run(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=ROOT, capture_output=True, text=True,
        timeout=110, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (["step", "step", "back"], ["step at 0", "step at 1", "back at 2", "quit at 1"]),
        (["run"], ["run at 0"]),
    ],
    ids=["start, step, back, quit", "closed while it trains"],
)
def test_the_real_window_ends_with_status_0(
    tmp_path: Path, script: list[str], said: list[str]
) -> None:
    code = STEPS.replace("SCRIPT", repr(script))
    done = _run(["-c", code], _environment(tmp_path, QT_QPA_PLATFORM="offscreen"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[: len(said)] == said
    assert "Traceback" not in done.stderr


def test_the_window_is_painted_before_the_engine_is_loaded(tmp_path: Path) -> None:
    done = _run(["-c", BEFORE_PAINT], _environment(tmp_path, QT_QPA_PLATFORM="offscreen"))
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout))
    assert loaded.isdisjoint(LATER)
    assert {"gui.views.samples", "gui.views.time"} <= loaded


def test_a_screenshot_needs_no_display_and_has_the_size_asked_for(tmp_path: Path) -> None:
    shot = tmp_path / "shot.png"
    done = _run(
        ["main.py", "--screenshot", str(shot), "--steps", "2", "--size", "1280x800"],
        _environment(tmp_path),
    )
    assert done.returncode == 0, done.stderr
    with Image.open(shot) as picture:
        assert picture.size == (1280, 800)
        assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 100


def test_a_screenshot_of_a_recorded_run_goes_on_where_it_stands(tmp_path: Path) -> None:
    run, shot, environment = tmp_path / "run", tmp_path / "shot.png", _environment(tmp_path)
    data = ["--data", "words32", "--preset", "seed"]
    made = _run(["main.py", "train", "--out", str(run), *data, "--steps", "2"], environment)
    assert made.returncode == 0, made.stderr
    done = _run(
        ["main.py", "--run", str(run), "--screenshot", str(shot), "--steps", "1"], environment
    )
    assert done.returncode == 0, done.stderr
    assert shot.exists()
    assert open_run(run).head == 3


def test_a_screenshot_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    done = _run(
        ["main.py", "--screenshot", str(tmp_path / "a.png"), "--data", str(tmp_path / "none")],
        _environment(tmp_path),
    )
    assert done.returncode == 1
    assert "none does not exist" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have a display")
def test_without_a_display_one_line_names_the_commands(tmp_path: Path) -> None:
    done = _run(["main.py"], _environment(tmp_path))
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "no display" in line
    assert "--screenshot" in line


def test_a_missing_library_is_named_with_its_package() -> None:
    message = "libEGL.so.1: cannot open shared object file: No such file or directory"
    assert "apt-get install libegl1" in missing_library(message)
    assert missing_library("No module named 'numpy'") == ""
    assert all(package.startswith("lib") or package == "zlib1g" for package in PACKAGES.values())


def test_a_platform_the_user_chose_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "minimal")
    assert missing_display(True, []) == ""
    assert os.environ["QT_QPA_PLATFORM"] == "minimal"


def test_arguments_become_options() -> None:
    words = "--preset seed --seed 3 --lang ko --select t=21,sample=4 --size 1280x800 --steps 5"
    assert parse(words.split(), []) == Options(
        preset="seed", seed=3, lang="ko", t=21, sample=4, size=(1280, 800), steps=5
    )


@pytest.mark.parametrize("words", ["--size big", "--select x=1", "--steps -1", "--preset big"])
def test_wrong_arguments_end_with_status_2(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(words.split(), [])
    assert ended.value.code == 2
    assert words.split()[0] in capsys.readouterr().err
