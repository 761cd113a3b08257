"""Guests: what comes to be read and is no data of the run - drawings, pictures, other folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from gui.bridge import Bridge
from gui.look import Look
from gui.window import Window

if TYPE_CHECKING:
    from crnn.debug.guest_messages import Arrived

VERBS = ("draw", "picture", "paste", "shipped", "evaluate")
"""Names in the table of commands."""
PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp")


def is_picture(path: Path) -> bool:
    """Whether this file is opened as a picture."""
    return path.suffix.lower() in PICTURES


class Guests(QObject):
    """The handlers of VERBS, and what is said when guests have come."""

    def __init__(self, window: Window, bridge: Bridge, look: Look) -> None:
        super().__init__(window)
        self._window, self._bridge, self._look = window, bridge, look
        self._folder = Path.home()
        bridge.arrived.connect(self._arrived)

    def do(self, verb: str) -> None:
        """Carry out one of VERBS."""
        verbs: dict[str, Callable[[], None]] = {
            "draw": self.draw,
            "picture": self.open_picture,
            "paste": self.paste,
            "shipped": self.open_shipped,
            "evaluate": self.evaluate,
        }
        verbs[verb]()

    def draw(self) -> None:
        """Show the canvas, ready to write on."""
        self._window.docks.bring("draw")
        self._window.docks.view("draw").setFocus()

    def open_picture(self) -> None:
        """Ask for a picture of a word, a line or a page."""
        from crnn.debug.guest_messages import OpenPicture

        kinds = " ".join(f"*{suffix}" for suffix in PICTURES)
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Open picture"),
            str(self._folder),
            self.tr("Pictures ({kinds})").format(kinds=kinds),
        )
        if name:
            self._folder = Path(name).parent
            self._bridge.send(OpenPicture(Path(name)))

    def paste(self) -> None:
        """The picture on the clipboard, or the picture file that was copied."""
        from crnn.debug.guest_messages import OpenPicture

        data = QGuiApplication.clipboard().mimeData()
        files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        found = next((path for path in files if is_picture(path)), None)
        if found is not None:
            self._bridge.send(OpenPicture(found))
        elif data.hasImage():
            image = QGuiApplication.clipboard().image()
            self._bridge.send(OpenPicture(Path(self.tr("pasted")), _png(image)))
        else:
            self._window.status.show_message(self.tr("There is no picture on the clipboard."))

    def open_shipped(self) -> None:
        """Start a run at the model that comes with the program, on words that are there at once:
        those it was trained on are millions, too many for a list."""
        from crnn.data.synth import lesson
        from crnn.debug.messages import Failed, Load
        from crnn.errors import CheckpointError
        from crnn.shipped import shipped_model

        try:
            self._bridge.send(Load(shipped_model(), lesson()))
        except CheckpointError as error:
            frame = self._bridge.frame
            step = frame.step if frame else 0
            self._bridge.failed.emit(Failed("Cannot load", str(error), "", step))

    def evaluate(self) -> None:
        """How well the state on screen reads a folder."""
        from gui.dialogs.evaluate import EvaluateDialog

        EvaluateDialog(self._window, self._look, self._bridge).show()

    def _arrived(self, event: Arrived) -> None:
        if event.n > 1:
            text = self.tr("{n} words from {name}: see My ink")
            self._window.status.show_message(text.format(n=event.n, name=event.name))


def _png(image: QImage) -> bytes:
    """The picture as a file's bytes, so that it comes in by the one door for files."""
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(held.data())
