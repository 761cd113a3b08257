"""Dialogs: questions checked while they are typed, and New run, which says what it would give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QDialogButtonBox, QWidget
from pytestqt.qtbot import QtBot

from crnn.config import preset
from crnn.data.sources import open_source
from crnn.data.written import Manner
from crnn.debug.guest_messages import OpenPicture
from crnn.debug.messages import NewRun
from gui.app import first_commands
from gui.dialogs.ask import AskDialog
from gui.dialogs.new_run import NewRunDialog
from gui.dialogs.plan import Choices, config_of, plan
from gui.look import Look
from gui.options import Options
from tests.gui.conftest import Rig

SEED = Choices("words32", "seed", "compat", "tanh", False, "adam", "0.001", "8", "7", "none")


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def _folder(path: Path, texts: list[str]) -> Path:
    for name in ("images", "labels"):
        (path / name).mkdir(parents=True)
    for index, text in enumerate(texts):
        ink = np.full((32, 64), 255, np.uint8)
        ink[8:24, 8:56:8] = 0
        Image.fromarray(ink).save(path / "images" / f"{index}.png")
        (path / "labels" / f"{index}.txt").write_text(text, encoding="utf-8")
    return path


def test_a_wrong_answer_is_said_at_once_and_cannot_be_given(parent: QWidget) -> None:
    given: list[str] = []
    dialog = AskDialog(
        parent, "Step", "Step:", "3", lambda text: "" if text == "3" else "Not recorded."
    )
    dialog.answered.connect(given.append)
    dialog.field.setText("9")
    ok = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
    assert not ok.isEnabled()
    assert dialog.problem.text() == "Not recorded."
    dialog.accept()
    assert given == []
    dialog.field.setText("3")
    dialog.accept()
    assert given == ["3"]


def test_a_plan_counts_parameters_timesteps_and_samples() -> None:
    made = plan(SEED)
    assert made.frames == (8, 8)
    assert len(made.data.usable) == len(made.dataset) == 32
    assert made.refused == {}
    assert made.config.batch == 8
    assert made.n_parameters > 100_000


def test_a_plan_names_what_will_not_be_trained_on(tmp_path: Path) -> None:
    folder = _folder(tmp_path, ["대구", "안녕하세요", "漢字"])
    made = plan(
        Choices(str(folder), "seed", "compat", "tanh", False, "adam", "0.001", "8", "7", "none")
    )
    assert made.refused == {"too_long": 1, "not_in_alphabet": 1}


def _dialog(qtbot: QtBot, parent: QWidget, folder: Path | None = None) -> NewRunDialog:
    dialog = NewRunDialog(parent, Look(), preset("seed"), folder)
    dialog.show()
    qtbot.waitUntil(lambda: dialog._worker is None, timeout=20_000)
    return dialog


def _start(dialog: NewRunDialog) -> bool:
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()


def test_new_run_shows_the_plan_and_sends_it(qtbot: QtBot, parent: QWidget) -> None:
    dialog = _dialog(qtbot, parent)
    dialog.source.setCurrentIndex(2)
    qtbot.waitUntil(lambda: _start(dialog), timeout=20_000)
    assert "T = 8" in dialog.summary.text()
    assert "Every label fits" in dialog.refused.text()
    with qtbot.waitSignal(dialog.chosen) as caught:
        dialog.accept()
    (command,) = caught.args
    assert isinstance(command, NewRun)
    assert command.config.preset == "seed"
    assert len(command.dataset) == 32


def test_a_wrong_number_is_said_in_the_dialog(qtbot: QtBot, parent: QWidget) -> None:
    dialog = _dialog(qtbot, parent)
    for text in ("-1", "fast", "0"):
        dialog.rate.setText(text)
        qtbot.waitUntil(lambda: "lr" in dialog.problem.text(), timeout=20_000)
        assert not _start(dialog)
    dialog.rate.setText("0.01")
    qtbot.waitUntil(lambda: _start(dialog), timeout=20_000)
    assert not dialog.problem.isVisible()


def test_a_folder_that_is_none_is_said_in_the_dialog(
    qtbot: QtBot, parent: QWidget, tmp_path: Path
) -> None:
    dialog = _dialog(qtbot, parent, tmp_path)
    qtbot.waitUntil(lambda: str(tmp_path) in dialog.problem.text(), timeout=20_000)
    assert not _start(dialog)


def test_labels_that_do_not_fit_are_shown_before_the_start(
    qtbot: QtBot, parent: QWidget, tmp_path: Path
) -> None:
    folder = _folder(tmp_path, ["대구", "안녕하세요"])
    dialog = _dialog(qtbot, parent, folder)
    qtbot.waitUntil(lambda: _start(dialog), timeout=20_000)
    assert "does not fit in T 1" in dialog.refused.text()
    assert "안녕하세요" in dialog.refused.text()


def test_new_run_begins_with_the_data_that_are_open(qtbot: QtBot, parent: QWidget) -> None:
    for source, chosen in (
        ("embedded", "embedded"),
        ("wild:60:7", "wild:60:7"),
        ("real:90", "real:90:1"),
        ("wild:60:7#3,4", "lesson"),
    ):
        dialog = NewRunDialog(parent, Look(), preset("lesson"), data=open_source(source))
        qtbot.addWidget(dialog)
        assert dialog.choices.source == chosen
        qtbot.waitUntil(lambda made=dialog: made._worker is None, timeout=20_000)  # type: ignore[misc]


def test_new_run_offers_every_manner_of_drawn_words(qtbot: QtBot, parent: QWidget) -> None:
    dialog = NewRunDialog(parent, Look(), preset("word"))
    qtbot.addWidget(dialog)
    offered = [str(dialog.source.itemData(k)) for k in range(dialog.source.count())]
    assert {source.split(":")[0] for source in offered if ":" in source} == set(get_args(Manner))
    for source in offered:
        assert len(open_source(source)) > 0
    for source in offered:
        dialog.data.choose(open_source(source).source)
        assert dialog.choices.source == source
    dialog.source.setCurrentIndex(offered.index("real:20000"))
    qtbot.waitUntil(lambda: _start(dialog), timeout=20_000)
    assert "20,000 of 20,000" in dialog.summary.text()


def test_ambiguous_labels_are_said_before_the_start(
    qtbot: QtBot, parent: QWidget, tmp_path: Path
) -> None:
    """In compatibility jamo ㄷㅐ and 대 have the same letters."""
    dialog = _dialog(qtbot, parent, _folder(tmp_path, ["ㄷㅐ", "대", "가"]))
    qtbot.waitUntil(lambda: _start(dialog), timeout=20_000)
    assert "1 of 3 labels, as ㄷㅐ: its letters read 대" in dialog.refused.text()


def test_a_manifest_dropped_on_the_window_is_data_for_a_new_run(rig: Rig, tmp_path: Path) -> None:
    entry = {"name": "a", "text": "대구", "split": "train"}
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text(json.dumps(entry) + "\n")
    rig.window.dropped.emit(str(manifest))
    (dialog,) = rig.window.findChildren(NewRunDialog)
    assert dialog.choices.source == str(manifest)
    rig.qtbot.waitUntil(lambda: "none of the 1 pictures" in dialog.problem.text(), timeout=20_000)


def test_a_start_on_a_picture_without_a_label_reads_it_beside_other_data(tmp_path: Path) -> None:
    folder = _folder(tmp_path, ["대구"])
    (alone,) = (folder / "images").iterdir()
    (trained,) = first_commands(Options(data=str(alone)))
    assert isinstance(trained, NewRun)
    assert trained.dataset.texts == ("대구",)
    for label in (folder / "labels").iterdir():
        label.unlink()
    lesson, read = first_commands(Options(data=str(alone)))
    assert isinstance(lesson, NewRun)
    assert len(lesson.dataset) == 64
    assert read == OpenPicture(alone)


def test_asking_for_a_step_checks_what_is_recorded(rig: Rig) -> None:
    rig.desk.ask_step()
    (dialog,) = rig.window.findChildren(AskDialog)
    dialog.field.setText("6")
    assert "not recorded" in dialog.problem.text()
    dialog.field.setText("five")
    assert "whole number" in dialog.problem.text()
    dialog.field.setText("5")
    assert dialog.problem.text() == ""


def test_help_lists_every_key(rig: Rig) -> None:
    from PySide6.QtWidgets import QLabel

    from gui.dialogs.shortcuts import ShortcutsDialog
    from gui.specs import SPECS

    rig.trigger("shortcuts")
    (dialog,) = rig.window.findChildren(ShortcutsDialog)
    texts = {label.text() for label in dialog.findChildren(QLabel)}
    assert {spec.key.split("; ")[0] for spec in SPECS if spec.key and ";" not in spec.key} <= texts
    rig.trigger("about")


def test_every_cell_and_optimiser_on_offer_makes_a_run(qtbot: QtBot, parent: QWidget) -> None:
    dialog = NewRunDialog(parent, Look(), preset("seed"))
    for box in (dialog.cell, dialog.optimiser):
        for index in range(box.count()):
            box.setCurrentIndex(index)
            config_of(dialog.choices, ("대구",))
    assert dialog.cell.count() == 6
    dialog.reject()
