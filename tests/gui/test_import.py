"""File > Import: the importer of the command, seen from the window."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crnn.data.folder import open_folder
from crnn.debug.messages import NewRun
from gui.dialogs.import_data import ImportDialog
from tests import aihub_tree
from tests.aihub_tree import EXPECTED_FAULTS, EXPECTED_WRITTEN
from tests.gui.conftest import Rig


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return aihub_tree.as_folders(aihub_tree.plan(), tmp_path_factory.mktemp("aihub"))


def _dialog(rig: Rig, source: Path, out: Path) -> ImportDialog:
    rig.trigger("import")
    (dialog,) = rig.window.findChildren(ImportDialog)
    dialog.choices.source.setText(str(source))
    dialog.choices.out.setText(str(out))
    return dialog


def _wait_for_end(rig: Rig, dialog: ImportDialog) -> None:
    rig.qtbot.waitUntil(lambda: not dialog._timer.isActive(), timeout=60_000)


def _rows(dialog: ImportDialog) -> dict[str, list[tuple[str, str]]]:
    tree = dialog.report.tree
    heads = [tree.topLevelItem(n) for n in range(tree.topLevelItemCount())]
    return {
        head.text(0): [
            (head.child(n).toolTip(0), head.child(n).text(1)) for n in range(head.childCount())
        ]
        for head in heads
        if head is not None
    }


def test_the_window_imports_what_the_command_does_and_one_click_trains_on_it(
    rig: Rig, source: Path, tmp_path: Path
) -> None:
    out = tmp_path / "words"
    dialog = _dialog(rig, source, out)
    dialog.begin.click()
    _wait_for_end(rig, dialog)
    assert dialog.pages.currentWidget() is dialog.report
    assert f"{EXPECTED_WRITTEN} words" in dialog.report.head.text()
    rows = _rows(dialog)
    assert sorted(int(name.rsplit(maxsplit=1)[1]) for name in rows) == sorted(
        EXPECTED_FAULTS.values()
    )
    faults = [json.loads(line) for line in (out / "faults.jsonl").read_text("utf-8").splitlines()]
    shown = sorted(pair for pairs in rows.values() for pair in pairs)
    assert shown == sorted((fault["file"], fault["value"]) for fault in faults)
    dialog.start_run.click()
    rig.wait_for(NewRun)
    (command,) = [seen for seen in rig.engine.seen if isinstance(seen, NewRun)]
    assert command.config.preset == "word"
    assert len(command.dataset) == len(open_folder(out))
    assert not dialog.isVisible()


def test_a_cancelled_import_goes_on_where_it_stopped(
    rig: Rig, source: Path, tmp_path: Path
) -> None:
    dialog = _dialog(rig, source, tmp_path / "words")
    dialog.begin.click()
    rig.qtbot.waitUntil(lambda: dialog.progress.done > 2, timeout=60_000)
    dialog.cancel.click()
    _wait_for_end(rig, dialog)
    assert "Stopped" in dialog.report.head.text()
    assert "goes on from here" in dialog.report.notes.text()
    dialog.again.click()
    dialog.begin.click()
    _wait_for_end(rig, dialog)
    assert f"{EXPECTED_WRITTEN} words" in dialog.report.head.text()


def test_the_window_lives_and_the_import_goes_on_while_the_dialog_is_closed(
    rig: Rig, source: Path, tmp_path: Path
) -> None:
    dialog = _dialog(rig, source, tmp_path / "words")
    dialog.begin.click()
    dialog.close()
    rig.trigger("run")
    rig.qtbot.waitUntil(lambda: len(rig.engine.seen) > 0, timeout=20_000)
    _wait_for_end(rig, dialog)
    rig.trigger("import")
    assert dialog.isVisible()
    assert dialog.pages.currentWidget() is dialog.report


def test_the_end_of_the_window_is_the_end_of_the_import(
    rig: Rig, source: Path, tmp_path: Path
) -> None:
    dialog = _dialog(rig, source, tmp_path / "words")
    dialog.begin.click()
    rig.window.close()
    assert dialog._job is not None
    assert not dialog._job.is_running


@pytest.mark.parametrize(
    ("source", "out", "why"),
    [("none", "out", "From: there is no such"), ("", "out", "From: "), (".", "", "Into: ")],
)
def test_what_is_wrong_with_the_fields_is_said_before_anything_starts(
    rig: Rig, tmp_path: Path, source: str, out: str, why: str
) -> None:
    dialog = _dialog(rig, tmp_path, tmp_path)
    dialog.choices.source.setText(str(tmp_path / source) if source else "")
    dialog.choices.out.setText(str(tmp_path / out) if out else "")
    dialog.begin.click()
    assert dialog.problem.text().startswith(why)
    assert dialog.pages.currentWidget() is dialog.choices


def test_a_source_without_labels_is_one_clear_sentence(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    dialog = _dialog(rig, tmp_path / "empty", tmp_path / "words")
    dialog.begin.click()
    _wait_for_end(rig, dialog)
    assert "holds no label file" in dialog.problem.text()
    assert dialog.pages.currentWidget() is dialog.choices
