"""The window's verbs without a window, the console's lines, and a test frozen from a run."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from crnn.debug.guest_messages import Draw
from crnn.debug.inner import Local
from crnn.debug.messages import NewRun
from crnn.debug.own import OwnPost
from crnn.debug.prompt import Prompt, summary
from crnn.debug.scripting import NAMES, ScriptError, Verbs, namespace
from crnn.debug.statements import own_source
from crnn.errors import CrnnError, ExpressionError
from crnn.train import digests
from tests import tiny
from tests.driving import straight

ROOT = Path(__file__).parent.parent


@pytest.fixture
def post(tmp_path: Path) -> Iterator[OwnPost]:
    with OwnPost(tmp_path / "runs") as made:
        made.send(NewRun(tiny.config(), tiny.dataset(), "tiny"))
        yield made


@pytest.fixture
def verbs(post: OwnPost) -> Verbs:
    return Verbs(post)


def test_moves_stand_at_the_bits_of_the_straight_run(verbs: Verbs) -> None:
    assert verbs.step(6).step == 6
    assert verbs.back(2).step == 4
    assert digests(verbs.state()).tolist() == digests(straight(4)).tolist()
    assert verbs.seek(1).mode == "past"
    assert verbs.live().step == 6
    assert verbs.run(3).step == 9
    assert len(verbs.curve("loss_nats")) == 9


def test_conditions_stop_a_run_both_ways(verbs: Verbs) -> None:
    assert verbs.run_until("step >= 8").step == 8
    verbs.seek(0)
    number = verbs.break_at("step >= 5")
    assert verbs.run().step == 5
    verbs.turn(number, on=False)
    verbs.seek(0)
    assert verbs.run_until("step >= 6").step == 6
    verbs.turn(number, on=True)
    assert verbs.run_back().step == 5
    with pytest.raises(ScriptError, match="no breakpoint 99"):
        verbs.turn(99, on=True)
    verbs.clear(number)
    verbs.live()
    assert verbs.last_change("n_samples").step < 8
    assert verbs.here().reason == "last change"
    verbs.live()
    assert verbs.back_until("step >= 3").step == 3
    assert [verbs.run_until("step >= 2").step for _ in range(2)] == [4, 5]  # true all the way
    assert [verbs.run_until("loss > 0").step for _ in range(2)] == [6, 7]
    watch = verbs.watch("loss")
    assert np.isfinite(verbs.watched(watch)[:3]).any()


def test_a_line_is_run_to_on_and_back_over_steps(verbs: Verbs) -> None:
    verbs.step(2)
    verbs.seek(0)
    verbs.level("line")
    text = own_source("optim.py")
    assert text is not None
    line = 1 + next(n for n, code in enumerate(text.lines) if code.strip().startswith("scale = "))
    number = verbs.break_line("optim.py", line)
    assert [verbs.run().step for _ in range(4)] == [0, 1, 2, 3]
    assert verbs.here().reason == "line breakpoint"
    assert verbs.run_back().step == 2
    assert "norm" in verbs.locals()
    first = verbs.hits()[0]
    assert (first.number, first.step) == (number, 0)
    assert verbs.go(first).step == 0
    verbs.clear(number)
    with pytest.raises(ExpressionError, match="no statement"):
        verbs.break_line("optim.py", 1)


def test_a_branch_goes_its_own_way_and_can_be_frozen(verbs: Verbs, tmp_path: Path) -> None:
    verbs.step(4)
    straight_4 = digests(verbs.state()).tolist()
    verbs.branch(lr=0.1, name="fast")
    assert [info.name for info in verbs.branches()][1:] == ["fast"]
    assert verbs.step(2).lr == 0.1
    frozen = verbs.freeze(tmp_path / "test_branch.py")
    assert frozen.step == 6
    there = digests(verbs.state()).tolist()
    verbs.rate(0.2)
    assert [(line["do"], line["step"]) for line in verbs.journal()][-1] == ("lr", 6)
    assert verbs.here().branch == 1
    verbs.switch(0)
    assert "lr" not in [line["do"] for line in verbs.journal()]
    verbs.seek(4)
    assert digests(verbs.state()).tolist() == straight_4
    assert verbs.live().step == 4
    assert verbs.step(2).lr != 0.1
    assert digests(verbs.state()).tolist() != there


def test_traces_lattices_and_locals_are_plain_values(verbs: Verbs) -> None:
    verbs.step(2)
    trace = verbs.trace(3)
    assert trace.sample == 3
    assert verbs.trellis().shape == trace.ctc.gamma_TS.shape  # type: ignore[union-attr]
    assert verbs.locals()
    verbs.level("step")
    with pytest.raises(ScriptError, match="no lattice"):
        verbs.trellis("delta")


def test_what_fails_is_said_and_changes_nothing(verbs: Verbs) -> None:
    verbs.step(2)
    with pytest.raises(ScriptError, match="cannot be read"):
        verbs.open("/nowhere/at/all.safetensors")
    with pytest.raises(ScriptError, match="no count"):
        verbs.back(0)
    assert verbs.here().step == 2


OTHER_CODE = """
from crnn.optim import RULES

adam = RULES["adam"]
RULES["adam"] = lambda config, lr, *rest: adam(config, lr * 1.0001, *rest)
"""


def test_a_test_frozen_from_a_run_passes_until_the_code_gives_something_else(
    verbs: Verbs, tmp_path: Path
) -> None:
    """In a fresh process, for numbers of every kind, an unreachable log alpha among them; the tiny
    data has no source, so its samples lie beside. What names no number is refused."""
    verbs.step(3)
    verbs.rate(0.03)
    verbs.step(2)
    n_states = verbs.trellis("alpha").shape[1]
    cells = ["softmax[1, 2]", f"alpha[0, {n_states - 1}]", "gamma[1, 1]", "conv1[0, 1, 2]"]
    cells += ["rnn1_fwd_h[1, 0]", "linear_b[0]", "max(abs(dconv1_w))", "dlogits[0, 1]"]
    for number, cell in enumerate(cells):
        verbs.freeze(tmp_path / f"test_frozen_{number}.py", cell)
    for wrong in ("softmax[0, 1000000]", "softmax", "loss > 1"):
        with pytest.raises(ScriptError):
            verbs.freeze(tmp_path / "test_wrong.py", wrong)
    assert not (tmp_path / "test_wrong.py").exists()
    assert "edits=((3, 0.03),)" in (tmp_path / "test_frozen_0.py").read_text(encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-c", "pyproject.toml", "--rootdir", "."]
    command += ["-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout
    assert f"{len(cells)} passed" in done.stdout
    (tmp_path / "conftest.py").write_text(OTHER_CODE, encoding="utf-8")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert f"{len(cells)} failed" in done.stdout


WATCHING = """
import time
from beside import told
print("once")
new("words32", "seed")
step(2)
number = watch("norm(dconv1_w)")
until = time.monotonic() + 50
while not watched(number)[0] > 0 and time.monotonic() < until:
    here()
print(bool(watched(number)[0] > 0))
"""
"""The past of the watch is computed by another process, which must not run the script too."""


def _fails(path: Path, old: str, new: str) -> bool:
    """Whether the test in `path` fails once `old` in it is `new`; it passes as it is."""
    text, name = path.read_text(encoding="utf-8"), "test_step_3_comes_out_again"
    assert old in text
    runpy.run_path(str(path))[name]()
    other = path.with_name("other.py")
    other.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises((AssertionError, CrnnError)):
        runpy.run_path(str(other))[name]()
    return True


def test_a_line_is_frozen_with_its_arrays_and_the_test_fails_when_one_is_another(
    verbs: Verbs, tmp_path: Path
) -> None:
    verbs.step(3)
    verbs.level("line")
    text = own_source("kernels/both_ways.py")
    assert text is not None
    code = "np.multiply(o[t], tanh_cell[t], out=hidden[t])"
    line = next(n for n, said in enumerate(text.lines, 1) if said.strip() == code)
    verbs.break_line("kernels/both_ways.py", line, "t == 2")
    assert verbs.run().step == 3
    path = tmp_path / "test_line.py"
    verbs.freeze(path, "hidden[2, 0, 0, 1]")
    held = verbs.locals()["hidden"]
    assert isinstance(held, Local)
    written = path.read_text(encoding="utf-8")
    assert f"'hidden': Array(shape={held.shape}, dtype='float32'" in written
    digest = re.search(r"'hidden': .*digest='(\w+)'", written)
    value = re.search(r"found.line.value == pytest.approx\(([-\d.e]+)", written)
    assert digest is not None
    assert value is not None
    assert _fails(path, digest[1], "0" * 16)
    assert _fails(path, value[1], str(float(value[1]) * 1.01))
    assert _fails(path, "loop='t = 2'", "loop='t = 3'")
    assert _fails(path, "execution=2", "execution=3")
    assert _fails(path, "out=hidden[t])", "out=hidden[t]) # gone")
    verbs.freeze(path, "softmax[1, 2]")
    assert _fails(path, digest[1], "0" * 16)
    for wrong, said in (
        ("hidden[5, 0, 0, 1]", "nothing has been written there yet"),
        ("hidden", "not one"),
        ("nowhere[0]", "there is no such name"),
    ):
        with pytest.raises(ScriptError, match=said):
            verbs.freeze(tmp_path / "test_wrong.py", wrong)
    assert not (tmp_path / "test_wrong.py").exists()


def test_a_drawing_is_frozen_with_its_pixels(verbs: Verbs, post: OwnPost, tmp_path: Path) -> None:
    verbs.step(3)
    strokes = (((4.0, 4.0, 1.0), (30.0, 30.0, 1.0)), ((4.0, 30.0, 1.0), (60.0, 4.0, 1.0)))
    post.send(Draw(strokes, is_new=True))
    assert verbs.here().sample == len(tiny.TEXTS)
    verbs.level("line")
    path = tmp_path / "test_ink.py"
    verbs.freeze(path, "softmax[1, 2]")
    value = re.search(r"found.value == pytest.approx\(([-\d.e]+)", path.read_text(encoding="utf-8"))
    assert value is not None
    assert _fails(path, value[1], str(float(value[1]) * 1.01))


def test_a_script_file_runs_without_a_window(tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text("new('words32', 'seed')\nprint(step(2).step)\nbad()\n", encoding="utf-8")
    command = [sys.executable, "main.py", "run-script", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["2"]
    assert "NameError: name 'bad'" in done.stderr
    (tmp_path / "beside.py").write_text("told = []\n", encoding="utf-8")
    path.write_text(WATCHING, encoding="utf-8")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.split()) == (0, ["once", "True"]), done.stderr
    path.write_text("seek(3)\n", encoding="utf-8")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "no run is open" in done.stderr) == (1, True)


def test_a_console_line_answers_in_text(verbs: Verbs) -> None:
    prompt = Prompt(namespace(verbs))
    assert "step=2" in prompt.run_line("step(2)")
    assert prompt.run_line("x = trace().prob_TK") == ""
    assert prompt.run_line("x").startswith("float64 (")
    assert prompt.run_line("print(_.ndim)") == "2"
    assert prompt.run_line("seek(").startswith("SyntaxError")
    assert prompt.run_line("1 / 0").startswith("ZeroDivisionError")
    assert "no count" in prompt.run_line("back(-1)")
    assert prompt.run_line("help(seek)").startswith("seek(step: 'int') -> 'Standing'\nAny recorded")
    listed = prompt.run_line("help()").splitlines()
    assert [line.split()[0] for line in listed] == list(NAMES)
    assert prompt.completions("run_") == ["run_back", "run_until"]
    assert summary(np.array([1.0, np.nan] * 5)) == "float64 (10,)  1 … 1  5 not finite"
