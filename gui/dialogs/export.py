"""Export: what an exported run holds and how exact it will replay, then progress until it is there.

Whether the pictures of a data folder go along is a person's choice, made with the size and the
licence in view; without one, only their names do.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from crnn.debug.capture import Contents
from crnn.debug.messages import Failed
from crnn.debug.script_messages import Copying, CopyStopped, Export, Exported, StopCopying
from gui import engine_words
from gui.bridge import Bridge
from gui.look import Look
from gui.numerals import size

SUFFIX = ".crnnrun"
FAILURE = "Cannot export the run"


class ExportDialog(QDialog):
    """`folder` is where the file is proposed."""

    def __init__(
        self, parent: QWidget, look: Look, bridge: Bridge, contents: Contents, folder: Path
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export run"))
        self._look, self._bridge, self._held, self._folder = look, bridge, contents, folder
        self._is_writing = False
        self._make_fields()
        self._lay_out()
        self._links: list[tuple[object, Callable[..., None]]] = [
            (bridge.copying, self._show_progress),
            (bridge.copy_stopped, self._show_stopped),
            (bridge.exported, self._show_done),
            (bridge.failed, self._show_failure),
        ]
        for signal, slot in self._links:
            signal.connect(slot)  # type: ignore[attr-defined]
        self._weigh()

    # ---- building ----

    def _make_fields(self) -> None:
        held = self._held
        self.facts = _text(
            self.tr("Steps {first} to {last}, {states} stored states, {branches} branches").format(
                first=f"{held.first_step:,}",
                last=f"{held.head:,}",
                states=f"{held.n_states:,}",
                branches=f"{held.n_branches:,}",
            )
        )
        names = QRadioButton(self.tr("Only name the data: the other machine needs it too"))
        pictures = QRadioButton(
            self.tr("Put the {n} pictures in, about {size}").format(
                n=f"{held.n_samples:,}", size=size(held.data_bytes)
            )
        )
        self.names, self.pictures = names, pictures
        names.setChecked(True)
        names.toggled.connect(self._weigh)
        self.exactness = _hint(self._exactness())
        self.weight = _text("")
        self.note = _hint("")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self.progress.hide()
        self.start = QPushButton(self.tr("Export…"))
        self.start.setDefault(True)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setAutoDefault(False)
        self.start.clicked.connect(self._ask_place)
        self.cancel.clicked.connect(self._cancel)

    def _exactness(self) -> str:
        here = self._held.environment
        threads = here["blas_threads"]
        return self.tr(
            "Opened where NumPy, BLAS and its threads are as here (NumPy {numpy}, {kernel}, "
            "threads: {threads}), it replays bit for bit. Elsewhere the stored states are exact, "
            "the steps between them are computed anew, and it is said how far they are off."
        ).format(numpy=here["numpy"], kernel=here["blas_kernel"], threads=threads)

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 16, 20, 14)
        rows.setSpacing(8)
        title = _text(engine_words.sentence(self._held.name))
        title.setFont(self._look.font("title"))
        rows.addWidget(title)
        rows.addWidget(self.facts)
        rows.addSpacing(8)
        for widget in self._data():
            rows.addWidget(widget)
        rows.addSpacing(8)
        rows.addWidget(self.exactness)
        rows.addSpacing(4)
        rows.addWidget(self.weight)
        rows.addWidget(self.progress)
        rows.addWidget(self.note)
        rows.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.start)
        buttons.addWidget(self.cancel)
        rows.addLayout(buttons)
        self.setFixedWidth(self._look.px(520))

    def _data(self) -> list[QWidget]:
        """What is said of the samples, and asked where there is a choice."""
        held = self._held
        name = engine_words.sentence(held.data_name)
        heading = _text(self.tr("Data: {name}").format(name=name))
        heading.setFont(self._look.font("title"))
        if held.data == "drawn":
            words = self.tr("Its words are drawn anew by every machine: nothing has to travel.")
            return [heading, _hint(words)]
        if held.data == "small":
            words = self.tr("Its {n} samples travel along, {size}.").format(
                n=f"{held.n_samples:,}", size=size(held.data_bytes)
            )
            return [heading, _hint(words)]
        remark = self.tr(
            "Pass a file with pictures on only where their terms allow it. AI Hub's data may not "
            "be passed on."
        )
        shown: list[QWidget] = [heading, self.names, self.pictures]
        return [*shown, _hint(remark)] if held.data == "folder" else shown

    # ---- what a person does ----

    @property
    def _with_data(self) -> bool:
        return self._held.data in ("folder", "large") and self.pictures.isChecked()

    def _weigh(self) -> None:
        """How large the file will be."""
        is_in = self._with_data or self._held.data == "small"
        total = self._held.run_bytes + (self._held.data_bytes if is_in else 0)
        self.weight.setText(self.tr("The file: about {size}").format(size=size(total)))

    def _ask_place(self) -> None:
        proposed = self._folder / f"{self._held.name}{SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Export run"), str(proposed), f"(*{SUFFIX})"
        )
        if name:
            path = Path(name)
            is_named = path.suffix == SUFFIX
            self.write(path if is_named else path.with_name(path.name + SUFFIX))

    def write(self, path: Path) -> None:
        """Have it written."""
        self._set_writing(True)
        self.progress.setRange(0, 0)
        self.note.setText(self.tr("The stored states are brought up to date…"))
        self._bridge.send(Export(path, self._with_data))

    def _cancel(self) -> None:
        if self._is_writing:
            self._bridge.send(StopCopying())
        else:
            self.reject()

    def reject(self) -> None:
        """Escape and the window's own button: what is being written is given up."""
        if self._is_writing:
            self._bridge.send(StopCopying())
        super().reject()

    def done(self, result: int) -> None:
        """Hear nothing any more."""
        for signal, slot in self._links:
            signal.disconnect(slot)  # type: ignore[attr-defined]
        self._links.clear()
        super().done(result)
        self.deleteLater()

    # ---- what the engine says ----

    def _show_progress(self, event: Copying) -> None:
        if self._is_writing:
            show_copied(self.progress, event)
            self.note.setText(
                self.tr("{done} of {total}").format(done=size(event.done), total=size(event.total))
            )

    def _show_stopped(self, _event: CopyStopped) -> None:
        self._set_writing(False)
        self.note.setText(self.tr("Stopped: nothing was written."))

    def _show_done(self, event: Exported) -> None:
        self._set_writing(False)
        text = self.tr("Written: {path}, {size}").format(path=event.path, size=size(event.n_bytes))
        note = engine_words.sentence(event.note) if event.note else ""
        self.note.setText("\n".join(filter(None, (text, note))))
        self.start.hide()
        self.cancel.setText(self.tr("Close"))
        self.cancel.setDefault(True)
        self.adjustSize()

    def _show_failure(self, event: Failed) -> None:
        """The window says why."""
        if self._is_writing and event.title == FAILURE:
            self._set_writing(False)
            self.note.setText("")

    def _set_writing(self, is_writing: bool) -> None:
        self._is_writing = is_writing
        self.progress.setVisible(is_writing)
        for widget in (self.names, self.pictures, self.start):
            widget.setEnabled(not is_writing)


class CopyingDialog(QDialog):
    """An exported run on its way in: how far it is, and a way to give it up."""

    def __init__(self, parent: QWidget, look: Look, bridge: Bridge, path: Path) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Open run"))
        self._bridge = bridge
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.note = _hint("")
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(self.reject)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 16, 20, 14)
        rows.setSpacing(8)
        rows.addWidget(_text(path.name))
        rows.addWidget(self.progress)
        rows.addWidget(self.note)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel)
        rows.addLayout(row)
        self.setFixedWidth(look.px(420))

    def show_progress(self, event: Copying) -> None:
        show_copied(self.progress, event)
        self.note.setText(
            self.tr("{done} of {total}").format(done=size(event.done), total=size(event.total))
        )

    def reject(self) -> None:
        """Cancel, Escape or the window's own button."""
        self._bridge.send(StopCopying())
        super().reject()

    def close_quietly(self) -> None:
        """It has ended by itself."""
        self.accept()
        self.deleteLater()


class OpenedDialog(QDialog):
    """What an opened run holds and how exactly it replays here, a sentence each."""

    def __init__(self, parent: QWidget, look: Look, path: Path, sentences: list[str]) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Open run"))
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 16, 20, 14)
        rows.setSpacing(8)
        title = _text(path.name)
        title.setFont(look.font("title"))
        rows.addWidget(title)
        for sentence in sentences:
            rows.addWidget(_text(f"{sentence[:1].upper()}{sentence[1:]}"))
        rows.addStretch(1)
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.close_button)
        rows.addSpacing(6)
        rows.addLayout(row)
        self.setFixedWidth(look.px(520))
        self.finished.connect(partial(_let_go, self))


def _let_go(dialog: QDialog, _result: int) -> None:
    dialog.deleteLater()


def show_copied(bar: QProgressBar, event: Copying) -> None:
    """Bytes in thousandths: a bar counts in 32 bits."""
    bar.setRange(0, 1000)
    bar.setValue(1000 * event.done // max(1, event.total))


def _text(words: str) -> QLabel:
    label = QLabel(words)
    label.setWordWrap(True)
    return label


def _hint(words: str) -> QLabel:
    label = _text(words)
    label.setProperty("role", "hint")
    return label
