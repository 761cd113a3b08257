"""Import choices: where from, where to, and what of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from crnn.data.aihub.choice import Content, Media
from crnn.data.aihub.report import ImportOptions, SplitBy
from crnn.data.prepare import Shape
from gui.settings import Settings


class ImportChoices(QWidget):
    """The fields; the two paths are remembered, since an import that was stopped goes on there."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self.source = QLineEdit(settings.text("import_source"))
        self.out = QLineEdit(settings.text("import_out"))
        self.media, self.content, self.shape, self.split = (QComboBox() for _ in range(4))
        self._labels = [QLabel() for _ in range(6)]
        self._folder, self._zip, self._into = (QPushButton() for _ in range(3))
        self._about = QLabel()
        self._about.setProperty("role", "hint")
        self._about.setWordWrap(True)
        for button, does in (
            (self._folder, self._ask_folder),
            (self._zip, self._ask_zip),
            (self._into, self._ask_out),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(does)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        source, out = QHBoxLayout(), QHBoxLayout()
        for row, widgets in (
            (source, (self.source, self._folder, self._zip)),
            (out, (self.out, self._into)),
        ):
            row.setSpacing(8)
            row.addWidget(widgets[0], 1)
            for button in widgets[1:]:
                row.addWidget(button)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for number, label in enumerate(self._labels):
            grid.addWidget(label, number, 0)
        grid.addLayout(source, 0, 1)
        grid.addLayout(out, 1, 1)
        for number, box in enumerate((self.media, self.content, self.shape, self.split), start=2):
            grid.addWidget(box, number, 1)
        grid.setColumnStretch(1, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(14)
        rows.addWidget(self._about)
        rows.addLayout(grid)
        rows.addStretch(1)

    def retranslate(self) -> None:
        self._about.setText(
            self.tr(
                "AI Hub 605 and its siblings: folders as they unpack, or the zips themselves. "
                "Every word is cut out of its page and written with its label; what is wrong with "
                "the data is counted and named, and the rest goes on."
            )
        )
        names = (
            self.tr("From"), self.tr("Into"), self.tr("Written on"), self.tr("Content"),
            self.tr("Crops"), self.tr("Split"),
        )  # fmt: skip
        for label, name in zip(self._labels, names, strict=True):
            label.setText(name)
        self._folder.setText(self.tr("Folder…"))
        self._zip.setText(self.tr("Zip…"))
        self._into.setText(self.tr("Folder…"))
        self.source.setPlaceholderText(self.tr("the folder or zip that AI Hub's download gave"))
        self.out.setPlaceholderText(self.tr("a new folder, or one whose import was stopped"))
        self._name_choices()

    def _name_choices(self) -> None:
        _fill(
            self.media,
            {"paper": self.tr("paper"), "tablet": self.tr("tablet"), "any": self.tr("either")},
        )
        _fill(
            self.content,
            {"free": self.tr("free writing"), "form": self.tr("forms"), "any": self.tr("either")},
        )
        _fill(
            self.shape,
            {
                "height": self.tr("32 high, aspect kept: presets word and line"),
                "square": self.tr("32 × 32, squashed: preset seed"),
            },
        )
        _fill(
            self.split,
            {
                "official": self.tr("train and val as AI Hub has them"),
                "sheet": self.tr("deal out sheet by sheet, a tenth to val"),
                "writer": self.tr("deal out writer by writer, a tenth to val"),
            },
        )

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    # ---- what stands there ----

    def problem(self) -> str:
        """What keeps an import from starting; "" where nothing does."""
        source, out = self.source.text().strip(), self.out.text().strip()
        if not source:
            return self.tr("From: choose the folder or zip of the download.")
        if not Path(source).exists():
            return self.tr("From: there is no such folder or zip.")
        if not out:
            return self.tr("Into: choose a folder for the words.")
        return ""

    def options(self) -> ImportOptions:
        """What stands in the fields; the paths are remembered."""
        source, out = self.source.text().strip(), self.out.text().strip()
        self._settings.set_text("import_source", source)
        self._settings.set_text("import_out", out)
        return ImportOptions(
            source=Path(source),
            out=Path(out),
            media=cast(Media, self.media.currentData()),
            content=cast(Content, self.content.currentData()),
            shape=cast(Shape, self.shape.currentData()),
            split=cast(SplitBy, self.split.currentData()),
        )

    def set_source(self, path: Path) -> None:
        """Choose a source, and beside it a place for the words where none is chosen yet."""
        self.source.setText(str(path))
        if not self.out.text().strip():
            self.out.setText(str(path.with_name(f"{path.stem}-words")))

    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("AI Hub's data"), self.source.text())
        if name:
            self.set_source(Path(name))

    def _ask_zip(self) -> None:
        kinds = self.tr("Zips (*.zip)")
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("AI Hub's data"), self.source.text(), kinds
        )
        if name:
            self.set_source(Path(name))

    def _ask_out(self) -> None:
        name = QFileDialog.getExistingDirectory(
            self, self.tr("A folder for the words"), self.out.text()
        )
        if name:
            self.out.setText(name)


def _fill(box: QComboBox, entries: Mapping[str, str]) -> None:
    """Texts of the language in force; what is chosen stays."""
    chosen = box.currentIndex()
    box.clear()
    for key, text in entries.items():
        box.addItem(text, key)
    box.setCurrentIndex(max(0, chosen))
