"""Drawing, opening, pasting and evaluating in the window, and the choice at the start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from crnn.data.dataset import Sample
from crnn.data.drawing import picture
from crnn.data.guests import with_guests
from crnn.debug import messages as m
from crnn.debug.guest_messages import (
    Arrived,
    Draw,
    Evaluate,
    Evaluated,
    Evaluating,
    GuestReading,
    OpenPicture,
    ShowEvaluated,
    StopEvaluation,
)
from crnn.debug.level_messages import RunOn
from crnn.evaluation import Row, evaluation
from crnn.shipped import shipped_model
from gui.dialogs.evaluate import EvaluateDialog
from gui.look import Look
from gui.sample_groups import SampleGroups, n_right
from gui.views.draw import DrawView
from gui.views.samples import SamplesView
from tests.gui.conftest import Rig
from tests.gui.runs import fake_frame


@pytest.fixture
def view(qtbot: QtBot) -> DrawView:
    made = DrawView(Look())
    qtbot.addWidget(made)
    made.resize(300, 300)
    made.show()
    return made


def _write(view: DrawView, *ways: tuple[tuple[int, int], ...]) -> None:
    for way in ways:
        start, *rest = (QPoint(*at) for at in way)
        way_end = rest[-1]
        QTest.mousePress(view.canvas, Qt.MouseButton.LeftButton, pos=start)
        for at in rest:
            QTest.mouseMove(view.canvas, at)
        QTest.mouseRelease(view.canvas, Qt.MouseButton.LeftButton, pos=way_end)


def test_strokes_are_sent_when_the_pen_is_lifted_and_go_on_with_one_sample(
    qtbot: QtBot, view: DrawView
) -> None:
    sent: list[Draw] = []
    view.commanded.connect(sent.append)
    _write(view, ((20, 20), (60, 20), (60, 60)), ((80, 20), (80, 70)))
    assert [draw.is_new for draw in sent] == [True, False]
    assert [len(draw.strokes) for draw in sent] == [1, 2]
    assert [point[:2] for point in sent[1].strokes[1]] == [(80, 20), (80, 70)]
    view.undo.click()
    assert len(sent[-1].strokes) == 1
    view.clear.click()
    assert view.canvas.strokes == ()
    view.pens.choose("bold")
    _write(view, ((10, 10), (50, 50)))
    assert sent[-1].is_new
    assert sent[-1].strokes[0][0][2] > sent[0].strokes[0][0][2]


def test_a_long_stroke_is_sent_while_it_is_drawn(qtbot: QtBot, view: DrawView) -> None:
    sent: list[Draw] = []
    view.commanded.connect(sent.append)
    view.canvas.press(QPointF(10, 10))
    for x in range(11, 60):
        view.canvas.move_to(QPointF(x, 10))
    qtbot.waitUntil(lambda: len(sent) == 1, timeout=2000)
    assert len(sent[0].strokes[0]) == 50, "one message for all points so far"
    view.truth.setText("가")
    view.truth.editingFinished.emit()
    assert sent[-1].text == "가"


def test_the_reading_of_the_frame_stands_below_the_canvas(view: DrawView) -> None:
    frame = fake_frame()
    view.show_frame(replace(frame, guest=GuestReading(64, "한글", 0.9, (("한", 1.0), ("글", 0.5)))))
    assert view.line.text() == "한글"
    view.show_frame(frame)
    assert view.line.text() == ""


def _with_ink(frame: m.Frame, n: int) -> m.Frame:
    gray_HW = picture((((0, 0, 3), (30, 30, 3)),))
    guests = tuple(Sample(f"ink {k + 1}", "", gray_HW) for k in range(n))
    data = with_guests(frame.run.data, guests)
    survey = frame.survey
    survey = m.Survey(
        np.concatenate((survey.loss_nats_M, np.full(n, np.nan))),
        (*survey.text_M, *["한"] * n),
        np.concatenate((survey.step_M, np.full(n, frame.step))),
    )
    return replace(frame, run=replace(frame.run, data=data), survey=survey)


def test_my_ink_is_a_group_of_its_own_and_counts_nowhere_else(qtbot: QtBot) -> None:
    frame = fake_frame(step=7, head=7)
    view = SamplesView(Look())
    qtbot.addWidget(view)
    view.resize(250, 500)
    view.show()
    view.show_frame(frame)
    right = n_right(frame.survey, frame.run.data)
    drawn = _with_ink(frame, 2)
    view.show_frame(drawn)
    header = view.rows.header_index("ink")
    assert view.rows.rowCount(header) == 2
    assert view.list.isExpanded(header), "the first drawing is shown at once"
    assert view.rows.sample_at(view.rows.index(0, 0, header)) == 64, "as they came"
    assert view.rows.rowCount(view.rows.header_index("all")) == 64
    groups = SampleGroups(drawn.run)
    assert all(groups.members(drawn)[g].max() < 64 for g in ("worst", "batch", "all"))
    assert n_right(drawn.survey, drawn.run.data) == right
    assert "ink 1" in view.tip(view.rows.index(0, 0, header))


def test_what_arrives_is_looked_at(rig: Rig) -> None:
    frame = _with_ink(rig.engine.frame, 3)
    assert frame.trace is not None
    rig.engine.frame = replace(frame, trace=replace(frame.trace, sample=16))
    rig.engine.outbox.put_frame(rig.engine.frame)
    rig.engine.outbox.put_event(Arrived(16, 3, "page.png"))
    rig.qtbot.waitUntil(lambda: rig.bridge.selection.sample == 16, timeout=20_000)
    assert rig.bridge.selection.t >= 0
    assert "3 words from page.png" in rig.window.status.message


def test_draw_opens_the_canvas_and_its_strokes_reach_the_engine(rig: Rig) -> None:
    view = rig.window.docks.view("draw")
    assert isinstance(view, DrawView)
    assert not view.isVisible()
    rig.trigger("draw")
    rig.qtbot.waitUntil(view.isVisible, timeout=20_000)
    _write(view, ((20, 20), (60, 40)))
    rig.wait_for(Draw)


def test_a_dropped_picture_is_opened_and_a_copied_one_pasted(rig: Rig, tmp_path: Path) -> None:
    rig.desk.files.drop(str(tmp_path / "word.JPG"))
    rig.wait_for(OpenPicture)
    clipboard = QGuiApplication.clipboard()
    clipboard.setImage(QImage(20, 10, QImage.Format.Format_RGB32))
    rig.trigger("paste")
    copied = QMimeData()
    copied.setUrls([QUrl.fromLocalFile(str(tmp_path / "copied.png"))])
    clipboard.setMimeData(copied)
    rig.trigger("paste")
    clipboard.setText("no picture")
    rig.trigger("paste")
    assert "no picture" in rig.window.status.message
    opened = [seen for seen in rig.engine.seen if isinstance(seen, OpenPicture)]
    rig.qtbot.waitUntil(
        lambda: sum(isinstance(seen, OpenPicture) for seen in rig.engine.seen) == 3, timeout=20_000
    )
    opened = [seen for seen in rig.engine.seen if isinstance(seen, OpenPicture)]
    assert opened[0].path.name == "word.JPG"
    assert opened[1].data is not None
    assert opened[1].data.startswith(b"\x89PNG")
    assert (opened[2].path.name, opened[2].data) == ("copied.png", None)


def _dialog(rig: Rig) -> EvaluateDialog:
    rig.trigger("evaluate")
    found = rig.window.findChild(EvaluateDialog)
    assert isinstance(found, EvaluateDialog)
    return found


def test_a_folder_is_evaluated_with_progress_and_a_row_is_shown(rig: Rig, tmp_path: Path) -> None:
    dialog = _dialog(rig)
    dialog.data.add(tmp_path)
    dialog.start.click()
    rig.wait_for(Evaluate)
    rig.engine.outbox.put_event(Evaluating(32, 64))
    rig.qtbot.waitUntil(lambda: dialog.progress.value() == 32, timeout=20_000)
    assert dialog.start.text() == "Stop"
    rows = [Row(0, "a", "가", "가", 0.9, 0), Row(1, "b", "나", "마가", 0.4, 2)]
    made = evaluation("words", 9, 3, rows, [("c", "c.png: there is no such file; check the path")])
    rig.engine.outbox.put_event(Evaluated(made))
    rig.qtbot.waitUntil(lambda: dialog.rows.rowCount() == 2, timeout=20_000)
    assert [dialog.rows.row(dialog.rows.index(k, 0)).name for k in range(2)] == ["b", "a"]
    assert "exact 50.0%" in dialog.summary.text()
    assert "1 could not be read" in dialog.note.text()
    dialog.table.selectRow(0)
    rig.wait_for(ShowEvaluated)
    shown = next(seen for seen in rig.engine.seen if isinstance(seen, ShowEvaluated))
    assert shown.index == 1


def test_closing_stops_what_is_read_and_a_failure_ends_it(rig: Rig) -> None:
    dialog = _dialog(rig)
    dialog.start.click()
    rig.engine.outbox.put_event(m.Failed("Cannot evaluate", "the moon is out", "", 3))
    rig.qtbot.waitUntil(lambda: dialog.start.text() == "Start", timeout=20_000)
    dialog.start.click()
    dialog.close()
    rig.wait_for(StopEvaluation)


def test_a_fresh_window_offers_both_beginnings_once(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(0, 0)
    strip = rig.window.start
    assert strip.isVisible()
    strip.scratch.click()
    rig.wait_for(RunOn)
    rig.qtbot.waitUntil(lambda: not strip.isVisible(), timeout=20_000)
    rig.trigger("pause")
    rig.wait_for(m.Pause)
    assert not strip.isVisible()


def test_the_shipped_model_is_loaded_or_its_absence_explained(
    make_rig: Callable[..., Rig], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = make_rig(0, 0)
    failures: list[m.Failed] = []
    rig.bridge.failed.connect(failures.append)
    monkeypatch.setattr("crnn.shipped.assets.path", lambda *parts: tmp_path.joinpath(*parts))
    rig.window.start.shipped.click()
    assert "comes without a trained model" in failures[0].message
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "word.safetensors").write_bytes(b"")
    rig.window.start.shipped.click()
    rig.wait_for(m.Load)
    loaded = next(seen for seen in rig.engine.seen if isinstance(seen, m.Load))
    assert loaded.path == shipped_model()
    assert loaded.dataset is not None
    assert len(loaded.dataset) == 64
