"""Files: open, save, recent files and what is dropped on the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from gui import engine_words
from gui.bridge import Bridge
from gui.guests import PICTURES, is_picture
from gui.look import Look
from gui.recent_menu import RecentMenu
from gui.settings import Settings
from gui.window import Window

if TYPE_CHECKING:
    from crnn.debug.messages import Loaded, RunOpened, Saved
    from crnn.debug.script_messages import Copying, Exported, ExportPlanned
    from gui.dialogs.export import CopyingDialog

SUFFIX = ".safetensors"
RUN_SUFFIX, RUN_FILE = ".crnnrun", "config.json"
"""An exported run, and the file in a run directory that stands for it."""
MANIFEST = ".jsonl"
"""That of an import: crnn.data.manifest, which loads too much to be asked at the start."""


class Files(QObject):
    """Knows the checkpoint that Save writes to: the one last saved in this run."""

    def __init__(
        self,
        window: Window,
        look: Look,
        bridge: Bridge,
        settings: Settings,
        new_run: Callable[[Path], None],
    ) -> None:
        super().__init__(window)
        self._look = look
        self._copying: CopyingDialog | None = None
        self._window, self._bridge, self._settings = window, bridge, settings
        self._new_run = new_run
        self._current: Path | None = None
        bridge.saved.connect(self._saved)
        bridge.loaded.connect(self._loaded)
        bridge.export_planned.connect(self._planned)
        bridge.exported.connect(self._exported)
        bridge.copying.connect(self._show_copying)
        for signal in (bridge.copy_stopped, bridge.failed, bridge.loaded):
            signal.connect(self._copied)
        bridge.run_opened.connect(self._opened)
        window.dropped.connect(self.drop)
        RecentMenu(window.menus.recent, look, bridge, settings, self.load)

    def open(self) -> None:
        """Ask for a file and take it as if it were dropped."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Open run, checkpoint or data"), self._folder(), self._all_files()
        )
        if name:
            self.drop(name)

    def load(self, path: Path) -> None:
        from crnn.debug.messages import Load

        path = path.parent if path.name == RUN_FILE else path
        self._bridge.send(Load(path))

    def save(self) -> None:
        """Write to the file saved last; ask where there is none."""
        from crnn.debug.messages import Save

        if self._current is None:
            self.save_as()
        else:
            self._bridge.send(Save(self._current))

    def save_as(self) -> None:
        from crnn.debug.messages import Save

        frame = self._bridge.frame
        if frame is None:
            return
        proposed = Path(self._folder()) / f"{frame.run.name}-{frame.step}{SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save checkpoint"), str(proposed), self._filter()
        )
        if name:
            path = Path(name)
            is_named = path.suffix == SUFFIX
            self._bridge.send(Save(path if is_named else path.with_name(path.name + SUFFIX)))

    def export(self) -> None:
        """Say what the whole run as one file would hold, ask where to, and write it."""
        from crnn.debug.script_messages import PlanExport

        if self._bridge.frame is not None:
            self._bridge.send(PlanExport())

    def _planned(self, event: ExportPlanned) -> None:
        from gui.dialogs.export import ExportDialog

        folder = Path(self._folder())
        ExportDialog(self._window, self._look, self._bridge, event.contents, folder).open()

    def freeze(self) -> None:
        """Ask where to, then write what is on screen as a test, with the selected value. The dialog
        says what will be in it."""
        from crnn.debug.script_messages import Freeze
        from gui.conditions import expression_of
        from gui.local_cells import cell_of

        frame, selection = self._bridge.frame, self._bridge.selection
        if frame is None:
            return
        lines = frame.inner.lines if frame.inner is not None else None
        value = "" if selection.cell is None else expression_of(selection.cell, frame.trace)
        if lines is not None and cell_of(lines.locals, selection.local):
            value = selection.local
        what = self.tr("step {step}").format(step=f"{frame.step:,}")
        if lines is not None:
            what = self.tr("{step}, line {line} and its arrays").format(
                step=what, line=f"{lines.file.rpartition('/')[2]}:{lines.line}"
            )
        with_value = self.tr("Freeze as test: {what}, with {value}")
        alone = self.tr("Freeze as test: {what}; no number is selected")
        title = (with_value if value else alone).format(what=what, value=value)
        proposed = Path(self._folder()) / f"test_step_{frame.step}.py"
        name, _ = QFileDialog.getSaveFileName(self._window, title, str(proposed), "(test_*.py)")
        if name:
            self._bridge.send(Freeze(Path(name).with_suffix(".py"), value))

    def drop(self, name: str) -> None:
        """A manifest is data for a new run, and so is a folder that is no recorded run; a picture
        is read, and any other file is a checkpoint."""
        from crnn.debug.guest_messages import OpenPicture

        path = Path(name)
        if is_picture(path):
            self._bridge.send(OpenPicture(path))
        elif path.suffix.lower() == MANIFEST or (path.is_dir() and not (path / RUN_FILE).exists()):
            self._new_run(path)
        else:
            self.load(path)

    def _filter(self) -> str:
        return self.tr("Checkpoints (*{suffix})").format(suffix=SUFFIX)

    def _all_files(self) -> str:
        kept = self.tr("Checkpoints and runs (*{suffix} *{run} {file})")
        pictures = " ".join(f"*{suffix}" for suffix in PICTURES)
        data = self.tr("Manifests and pictures ({kinds})").format(kinds=f"*{MANIFEST} {pictures}")
        return ";;".join((kept.format(suffix=SUFFIX, run=RUN_SUFFIX, file=RUN_FILE), data))

    def _folder(self) -> str:
        recent = self._settings.recent
        return str(recent[0].parent if recent else Path.home())

    def _saved(self, event: Saved) -> None:
        if event.path.suffix == SUFFIX:
            self._current = event.path
            self._settings.remember(event.path)
        text = self.tr("Saved step {step} to {path}")
        self._window.status.show_message(text.format(step=f"{event.step:,}", path=event.path))

    def _exported(self, event: Exported) -> None:
        text = self.tr("Exported {step} steps to {path}").format(
            step=f"{event.step:,}", path=event.path
        )
        note = [engine_words.sentence(event.note)] if event.note else []
        self._window.status.show_message(" · ".join([text, *note]))

    def _loaded(self, event: Loaded) -> None:
        self._settings.remember(event.path)
        text = self.tr("Loaded {path} at step {step}")
        message = text.format(step=f"{event.step:,}", path=event.path)
        notes = [engine_words.sentence(note) for note in event.notes]
        self._window.status.show_message(" · ".join([message, *notes]))
        if event.is_exported or len(notes) > 1:
            from gui.dialogs.export import OpenedDialog

            OpenedDialog(self._window, self._look, event.path, notes).open()

    def _show_copying(self, event: Copying) -> None:
        """An exported run that is opened and not there at once; the export's dialog shows its own
        way."""
        from gui.dialogs.export import CopyingDialog

        if event.is_export:
            return
        if self._copying is None:
            self._copying = CopyingDialog(self._window, self._look, self._bridge, event.path)
            self._copying.open()
        self._copying.show_progress(event)

    def _copied(self, event: object) -> None:
        """It is there, or was given up."""
        from crnn.debug.script_messages import CopyStopped

        if self._copying is not None:
            self._copying.close_quietly()
            self._copying = None
        if isinstance(event, CopyStopped):
            text = self.tr("Stopped: {path}").format(path=event.path)
            self._window.status.show_message(text)

    def _opened(self, event: RunOpened) -> None:
        self._current = None
