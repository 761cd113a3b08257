"""Branches on the screen: the dialog, the switch A | B | Δ, the curves, the menu."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from crnn.data.edited import Drop, Relabel, Repaint
from crnn.debug import branch_messages as bm
from crnn.debug import messages as m
from crnn.debug.edits import ChangeRate, ChangeSetting, SetWeight, ZeroUnit
from crnn.model import init_params
from gui.axis import TimeAxis
from gui.branch_menu import BranchMenu
from gui.curves import Curve
from gui.dialogs.branch import BranchDialog
from gui.dialogs.discard import DiscardDialog
from gui.dialogs.edit_pages import PixelsPage
from gui.dialogs.error import ErrorDialog
from gui.future_curves import FutureCurves
from gui.lens import Lens
from gui.look import Look
from gui.panel import AxisPanel
from gui.proposals import of_cell, of_op, of_sample, proposal_menu
from gui.selection import Cell, Selection
from gui.views.ctc import CtcPanel
from gui.views.features import FeaturesPanel
from gui.views.image import ImagePanel
from gui.views.inspect import InspectView
from gui.views.model import ModelView
from gui.views.rnn import RnnPanel
from gui.views.softmax import SoftmaxPanel
from gui.views.time import TimeView
from tests.driving import NEW, Driver
from tests.gui.conftest import Rig


def branched(*edits: object) -> m.Frame:
    """The real frame of step 7 of a branch that began with `edits` at step 5 of a run of 8."""
    with Driver() as driver:
        driver.do(NEW, *[m.Step()] * 8, m.Seek(5), bm.Branch(edits))  # type: ignore[arg-type]
        return driver.do(m.Step(), m.Step())


@pytest.fixture(scope="module")
def frame() -> m.Frame:
    return branched(ChangeRate(0.05))


def dialog(qtbot: QtBot, frame: m.Frame, proposed: object = None) -> BranchDialog:
    made = BranchDialog(None, Look(), frame, 2, proposed)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    return made


def accepted(qtbot: QtBot, shown: BranchDialog) -> bm.Branch:
    with qtbot.waitSignal(shown.chosen, timeout=1000) as caught:
        shown.accept()
    command = caught.args[0]
    assert isinstance(command, bm.Branch)
    return command


# ---- the dialog ----


def test_an_empty_list_branches_without_a_change(qtbot: QtBot, frame: m.Frame) -> None:
    shown = dialog(qtbot, frame)
    assert "repeats the run, bit for bit" in shown.none.text()
    assert accepted(qtbot, shown) == bm.Branch((), "")


def test_changes_are_listed_in_order_and_what_was_typed_last_is_meant_too(
    qtbot: QtBot, frame: m.Frame
) -> None:
    shown = dialog(qtbot, frame, ZeroUnit("conv1", 1))
    assert shown.edits == [ZeroUnit("conv1", 1)], "complete, so it is listed at once"
    shown.propose(ChangeSetting("betas", (0.9, 0.999)))
    page = shown.pages[ChangeSetting][1]
    page.field.setCurrentText("betas")  # type: ignore[attr-defined]
    page.value.setCurrentText("0.5, 0.75")  # type: ignore[attr-defined]
    shown.add.click()
    shown.propose(SetWeight("conv1.w", (0, 0, 1, 1), 0.25))
    shown.name.setText(" mine ")
    assert "is made too" in shown.none.text()
    assert accepted(qtbot, shown) == bm.Branch(
        (
            ZeroUnit("conv1", 1),
            ChangeSetting("betas", (0.5, 0.75)),
            SetWeight("conv1.w", (0, 0, 1, 1), 0.25),
        ),
        "mine",
    )


def test_what_the_engine_would_refuse_is_said_and_nothing_is_sent(
    qtbot: QtBot, frame: m.Frame
) -> None:
    shown = dialog(qtbot, frame, Relabel(2, "가" * 40))
    with qtbot.assertNotEmitted(shown.chosen):
        shown.accept()
    assert "sample 2 could not be trained on" in shown.problem.text()
    shown.propose(ChangeRate(1.0))
    shown.pages[ChangeRate][1].rate.setText("fast")  # type: ignore[attr-defined]
    shown.add.click()
    assert "'fast' is not a number" in shown.problem.text()
    assert shown.edits == []


def test_pixels_are_drawn_erased_and_restored(qtbot: QtBot, frame: m.Frame) -> None:
    shown = dialog(qtbot, frame, Repaint(1, ()))
    page = shown.pages[Repaint][1]
    assert isinstance(page, PixelsPage)
    page.pad.stroke(QPoint(0, 0), QPoint(page.pad.width(), 0), erases=False)
    drawn = page.edit()
    assert isinstance(drawn, Repaint)
    assert {gray for _, _, gray in drawn.pixels} == {page.pad.ink}
    assert {y for y, _, _ in drawn.pixels} <= {0, 1}
    page.pad.stroke(QPoint(0, 0), QPoint(page.pad.width(), 0), erases=True)
    assert {gray for _, _, gray in page.pad.pixels} <= {page.pad.paper}
    page.pad.restore()
    assert page.pad.pixels == ()
    QTest.mouseClick(page.pad, Qt.MouseButton.LeftButton, pos=page.pad.rect().center())
    assert accepted(qtbot, shown).edits == (Repaint(1, page.pad.pixels),)


# ---- the switch ----


@pytest.mark.parametrize("kind", [ImagePanel, FeaturesPanel, RnnPanel, SoftmaxPanel, CtcPanel])
def test_a_panel_shows_a_b_and_what_they_differ_by(
    qtbot: QtBot, frame: m.Frame, kind: type[AxisPanel]
) -> None:
    assert frame.branches is not None
    assert frame.branches.compared is not None
    a, b = frame.trace, frame.branches.compared.trace
    assert a is not None
    assert b is not None
    axis = TimeAxis()
    axis.fit(width=1280, n_frames=a.n_frames, n_reference=32, pitch_max=16)
    panel, lens = kind(Look(), axis), Lens()
    qtbot.addWidget(panel)
    panel.look_through(lens)
    panel.resize(1280, 160)
    panel.show()
    panel.show_frame(frame)
    panel.show_selection(Selection(sample=a.sample, t=1))
    assert panel.trace is a
    pictures = [panel.body.grab().toImage()]
    for side in ("b", "difference"):
        lens.choose(side)
        pictures.append(panel.body.grab().toImage())
    assert panel.trace is not None
    assert np.array_equal(panel.trace.prob_TK, b.prob_TK - a.prob_TK)
    assert pictures[2] != pictures[0]
    if kind is not ImagePanel:
        assert pictures[1] != pictures[0]


def test_nothing_differs_after_the_null_edit(qtbot: QtBot) -> None:
    lens, frame = Lens(), branched()
    lens.choose("difference")
    zero = lens.trace(frame)
    assert zero is not None
    assert not zero.prob_TK.any()
    assert not any(block.act_CHW.any() for block in zero.blocks)


def test_the_model_says_that_both_sides_are_equally_well(qtbot: QtBot) -> None:
    view = ModelView(Look())
    qtbot.addWidget(view)
    lens = Lens()
    view.lens = lens
    view.show_frame(branched())
    assert view.header._facts[0].is_mono
    lens.choose("difference")
    view.show_frame(branched())
    assert view.header._facts[0].text == "same marks in A and B"


def test_what_cannot_be_subtracted_says_so_instead(qtbot: QtBot, frame: m.Frame) -> None:
    assert frame.branches is not None
    b = frame.branches.compared
    assert b is not None
    assert b.trace is not None
    lens = Lens()
    lens.choose("difference")
    for changed, word in ((replace(b.trace, sample=99), "different samples"), (None, "recomputed")):
        compared = replace(b, trace=changed)
        shown = replace(frame, branches=replace(frame.branches, compared=compared))
        assert lens.trace(shown) is None
        assert word in lens.problem(shown)
    alone = replace(frame, branches=replace(frame.branches, compared=None))
    assert lens.trace(alone) is frame.trace, "with nothing to compare there is only A"


def test_inspect_writes_b_and_the_difference(qtbot: QtBot, frame: m.Frame) -> None:
    view = InspectView(Look())
    qtbot.addWidget(view)
    view.show_frame(frame)
    view.show_selection(Selection(t=1, cell=Cell("softmax", 1, 0)))
    found = view.inspected()
    assert found is not None
    rows = dict(found.rows)
    a, b = float(found.text), float(rows["B"])
    assert float(rows["B − A"].replace("−", "-")) == pytest.approx(b - a, abs=2e-4)


def test_samples_and_model_show_the_sides_too(qtbot: QtBot, frame: m.Frame) -> None:
    assert frame.branches is not None
    b = frame.branches.compared
    assert b is not None
    lens = Lens()
    assert lens.survey(frame) is frame.survey
    lens.choose("b")
    assert lens.survey(frame) is b.survey
    assert lens.health(frame) is b.health
    lens.choose("difference")
    more_M = b.survey.loss_nats_M - frame.survey.loss_nats_M
    assert np.array_equal(lens.survey(frame).loss_nats_M, more_M, equal_nan=True)
    bad = replace(b.health[0], act="bad", notes=("it is dead",))
    changed = replace(b, health=(bad, *frame.health[1:]))
    marks = lens.health(replace(frame, branches=replace(frame.branches, compared=changed)))
    assert (marks[0].act, marks[0].grad, marks[0].notes) == ("bad", "none", ("it is dead",))
    assert {mark for op in marks[1:] for mark in (op.act, op.grad, op.upd)} == {"none"}


# ---- the curves ----


def test_curves_of_all_branches_and_their_difference(qtbot: QtBot, frame: m.Frame) -> None:
    futures = FutureCurves()
    futures.take(frame, "a")
    assert [(line.name, line.head, line.role) for line in futures.lines] == [
        ("original", 8, "acc"),
        ("lr 0.05", 7, "t1"),
    ]
    original, branch = (line.curves.loss for line in futures.lines)
    assert np.array_equal(original.values[:6], branch.values[:6]), "one line up to the branch"
    assert original.values[6] != branch.values[6]
    futures.take(frame, "difference")
    assert np.array_equal(futures.front.loss.values, original.values[:7] - branch.values[:7])
    futures.take(frame, "b")
    assert futures.front.loss is original
    assert isinstance(original, Curve)


def test_time_marks_the_branch_point_and_draws_every_side(qtbot: QtBot, frame: m.Frame) -> None:
    view, lens = TimeView(Look()), Lens()
    qtbot.addWidget(view)
    view.look_through(lens)
    view.resize(1280, 140)
    view.show()
    view.show_frame(frame)
    assert [(h.step, h.text) for h in view.happenings if h.is_edit] == [(5, "lr 0.05")]
    pictures = []
    for side in ("a", "b", "difference"):
        lens.choose(side)
        pictures.append(view.body.grab().toImage())
    assert pictures[0] != pictures[1] != pictures[2]


# ---- the menus ----


def actions_of(menu: BranchMenu) -> dict[str, QAction]:
    return {action.text(): action for action in menu.actions() if action.text()}


def test_the_menu_lists_every_branch_and_what_can_be_done_with_it(
    qtbot: QtBot, frame: m.Frame
) -> None:
    menu = BranchMenu(Look())
    qtbot.addWidget(menu)
    menu.show_frame(frame)
    menu.aboutToShow.emit()
    found = actions_of(menu)
    assert list(found)[:2] == ["original   0 – 8   B", "lr 0.05   5 – 7   A"]
    below = [action.menu().actions() for action in list(found.values())[:2]]  # type: ignore[attr-defined]
    original, branch = ({a.text(): a for a in actions} for actions in below)
    assert not branch["Switch to it"].isEnabled()
    assert not original["Discard…"].isEnabled(), "the run as it began is always there"
    for action, command in (
        (original["Switch to it"], bm.SwitchBranch(0)),
        (found["Compare with this step, 7"], bm.SetCompare(1, 7)),
        (found["Stop comparing"], bm.SetCompare(None)),
    ):
        with qtbot.waitSignal(menu.commanded, timeout=1000) as caught:
            action.trigger()
        assert caught.args == [command]


def test_a_branch_is_discarded_only_when_it_was_said_what_is_lost(
    qtbot: QtBot, frame: m.Frame
) -> None:
    menu, sent = BranchMenu(Look()), list[object]()
    qtbot.addWidget(menu)
    menu.commanded.connect(sent.append)
    menu.show_frame(frame)
    menu.aboutToShow.emit()
    held = actions_of(menu)["lr 0.05   5 – 7   A"]
    below = held.menu().actions()  # type: ignore[attr-defined]
    discard = next(action for action in below if action.text() == "Discard…")
    for is_agreed in (False, True):
        discard.trigger()
        (asked,) = (w for w in QApplication.topLevelWidgets() if isinstance(w, DiscardDialog))
        said = " ".join(label.text() for label in asked.findChildren(QLabel))
        assert "its 2 steps from 5 to 7, its changes (1)" in said
        assert "It is on screen" in said
        (asked.discard if is_agreed else asked.keep).click()
        asked.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert sent == [bm.DiscardBranch(1)] * is_agreed


def test_the_menu_names_what_cannot_be_read_and_why(qtbot: QtBot, frame: m.Frame) -> None:
    menu = BranchMenu(Look())
    qtbot.addWidget(menu)
    assert frame.branches is not None
    lost = bm.Unreadable(3, "", 0, "RUN/branches/3/branch.json: is missing; take a whole copy")
    menu.show_frame(replace(frame, branches=replace(frame.branches, unreadable=(lost,))))
    menu.aboutToShow.emit()
    actions_of(menu)["#3   cannot be read…"].trigger()
    (told,) = (w for w in QApplication.topLevelWidgets() if isinstance(w, ErrorDialog))
    said = " ".join(label.text() for label in told.findChildren(QLabel))
    assert "RUN/branches/3/branch.json: is missing; take a whole copy" in said
    told.close()


def test_things_under_the_pointer_propose_changes(qtbot: QtBot, frame: m.Frame) -> None:
    view = InspectView(Look())
    qtbot.addWidget(view)
    assert of_cell(Cell("conv2.relu", 3, 5))[0] == ZeroUnit("conv2", 5)
    assert of_cell(Cell("rnn1.bwd.c", 3, 5))[0] == ZeroUnit("rnn1.bwd", 5)
    assert of_cell(Cell("gamma", 3, 5)) == ()
    assert frame.branches is not None
    assert len(of_op("rnn1", frame.branches.params)) == 6
    menu = proposal_menu(view, of_sample(3, "가"))
    assert [action.data() for action in menu.actions()] == [
        Relabel(3, "가"),
        Repaint(3, ()),
        Drop(3),
    ]


def test_the_window_switches_all_panels_and_offers_a_branch_in_the_past(
    rig: Rig, frame: m.Frame
) -> None:
    window = rig.window
    assert not window.transport.sides.isVisible()
    assert not window.actions_["side_b"].isEnabled()
    assert frame.branches is not None
    assert frame.branches.compared is not None
    fake = rig.engine.frame
    b = replace(frame.branches.compared, trace=fake.trace, survey=fake.survey, health=fake.health)
    params = init_params(fake.run.config)
    branches = replace(frame.branches, active=0, compared=b, params=params)
    rig.engine.frame = replace(fake, branches=branches)
    rig.trigger("back")
    rig.wait_step(2)
    assert window.transport.sides.isVisible()
    rig.trigger("side_b")
    assert window.lens.side(rig.bridge.frame) == "b"
    assert window.transport.sides.checked == {"b"}
    assert window.panels["softmax"].message() == ""
    window.panels["softmax"].proposed.emit(None)
    found = window.findChildren(BranchDialog)
    assert len(found) == 1
    found[0].reject()
