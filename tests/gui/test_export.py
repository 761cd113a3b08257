"""Exporting: the choice about pictures, progress, giving up; and what an opened run says."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QApplication, QDialog

from crnn.debug import script_messages as s
from crnn.debug.capture import Contents, Fate
from crnn.debug.environment import describe
from crnn.debug.messages import Failed, Load, Loaded
from gui.dialogs.export import CopyingDialog, ExportDialog, OpenedDialog
from tests.gui.conftest import Rig

Kind = TypeVar("Kind", bound=QDialog)


def shown(rig: Rig, kind: type[Kind]) -> Kind:
    def there() -> list[Kind]:
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]

    rig.qtbot.waitUntil(lambda: bool(there()), timeout=20_000)
    return there()[0]


def sent(rig: Rig, kind: type[s.Export] | type[s.StopCopying]) -> object:
    rig.wait_for(kind)
    return next(command for command in rig.engine.seen if isinstance(command, kind))


def planned(rig: Rig, data: Fate) -> ExportDialog:
    rig.trigger("export")
    rig.wait_for(s.PlanExport)
    held = Contents("run", 0, 40, 3, 2, 5_000_000, "hands", 2000, data, 30_000_000, describe())
    rig.engine.outbox.put_event(s.ExportPlanned(held))
    return shown(rig, ExportDialog)


def test_pictures_of_a_folder_travel_only_where_a_person_says_so(rig: Rig, tmp_path: Path) -> None:
    dialog = planned(rig, "folder")
    assert dialog.names.isChecked(), "their terms may not allow it"
    assert "5.0 MB" in dialog.weight.text()
    dialog.pictures.setChecked(True)
    assert "35.0 MB" in dialog.weight.text()
    path = tmp_path / "run.crnnrun"
    dialog.write(path)
    assert sent(rig, s.Export) == s.Export(path, with_data=True)
    assert not dialog.start.isEnabled()
    rig.engine.outbox.put_event(
        s.Copying(tmp_path / "run.crnnrun", 9_000_000_000, 12_000_000_000, True)
    )
    rig.qtbot.waitUntil(lambda: dialog.progress.value() == 750, timeout=20_000)
    assert "9.0 GB of 12.0 GB" in dialog.note.text()
    note = "the samples of hands are in it: pass it on only where their terms allow"
    rig.engine.outbox.put_event(s.Exported(path, 40, note, 35_100_000))
    rig.qtbot.waitUntil(lambda: "35.1 MB" in dialog.note.text(), timeout=20_000)
    assert note in dialog.note.text()
    assert dialog.start.isHidden()


@pytest.mark.parametrize("data", ["small", "drawn"])
def test_nothing_is_asked_where_there_is_nothing_to_choose(rig: Rig, data: Fate) -> None:
    dialog = planned(rig, data)
    assert not dialog.pictures.isVisible()
    dialog.pictures.setChecked(True)
    dialog.write(Path("run.crnnrun"))
    assert sent(rig, s.Export) == s.Export(Path("run.crnnrun"), with_data=False)


def test_an_export_can_be_given_up_and_tried_again(rig: Rig) -> None:
    dialog = planned(rig, "drawn")
    dialog.write(Path("run.crnnrun"))
    dialog.cancel.click()
    assert sent(rig, s.StopCopying) == s.StopCopying()
    rig.engine.outbox.put_event(s.CopyStopped(Path("run.crnnrun")))
    rig.qtbot.waitUntil(dialog.start.isEnabled, timeout=20_000)
    assert "nothing was written" in dialog.note.text()
    dialog.write(Path("run.crnnrun"))
    rig.engine.outbox.put_event(Failed("Cannot export the run", "the disk is full", "", 0))
    rig.qtbot.waitUntil(dialog.start.isEnabled, timeout=20_000)
    dialog.cancel.click()
    assert not dialog.isVisible()


def test_a_run_on_its_way_in_shows_how_far_it_is_and_what_it_is(rig: Rig) -> None:
    path = Path("big.crnnrun")
    rig.window.dropped.emit(str(path))
    rig.wait_for(Load)
    rig.engine.outbox.put_event(s.Copying(path, 1, 4, is_export=False))
    dialog = shown(rig, CopyingDialog)
    assert dialog.progress.value() == 250
    dialog.cancel.click()
    assert sent(rig, s.StopCopying) == s.StopCopying()
    notes = ("data hands: 8 samples are in it", "steps 0 to 12: replay is exact here")
    rig.engine.outbox.put_event(Loaded(path, 12, notes, is_exported=True))
    opened = shown(rig, OpenedDialog)
    # Qt lets go of a window in a turn of its own, which may come after the next one is shown.
    rig.qtbot.waitUntil(lambda: CopyingDialog not in map(type, QApplication.topLevelWidgets()))
    opened.close_button.click()
