"""Data box: a choice of data sets, and the two ways to add one from disk: a folder, or a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from crnn.data.edited import MARK
from crnn.data.folder import SUFFIXES
from crnn.data.manifest import SUFFIX

FIRST_SEED = ":1"
"""What an open set's source ends with where the entry it was chosen by says no seed."""


class DataBox(QWidget):
    """`source` holds what crnn.data.sources opens, as the data of its entries."""

    def __init__(self) -> None:
        super().__init__()
        self.source = QComboBox()
        # A path is as long as it likes; the dialog is not to grow with it.
        self.source.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.source.setMinimumContentsLength(24)
        self.source.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.folder = QPushButton(self.tr("Folder…"))
        self.file = QPushButton(self.tr("File…"))
        self.file.setToolTip(self.tr("The manifest of an import, or a single picture"))
        self.folder.clicked.connect(self._ask_folder)
        self.file.clicked.connect(self._ask_file)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.source, 1)
        row.addWidget(self.folder)
        row.addWidget(self.file)
        self.source.currentIndexChanged.connect(self._show_whole)

    @property
    def chosen(self) -> str:
        """The source of the entry in force."""
        return str(self.source.currentData())

    def add(self, path: Path) -> None:
        """Choose what lies at `path`: a folder, a manifest or a picture."""
        self.source.addItem(str(path), str(path))
        self.source.setCurrentIndex(self.source.count() - 1)

    def choose(self, source: str) -> None:
        """Choose a source whole; a part of one, or one that a branch changed, is left alone."""
        if not source or "#" in source or MARK in source:
            return
        usual = source.removesuffix(FIRST_SEED)
        if self.source.findData(usual) >= 0:
            source = usual
        if self.source.findData(source) < 0:
            self.source.addItem(source, source)
        self.source.setCurrentIndex(self.source.findData(source))

    def _show_whole(self) -> None:
        self.source.setToolTip(self.source.currentText())

    def _ask_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("A folder with images and labels"))
        if folder:
            self.add(Path(folder))

    def _ask_file(self) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in (SUFFIX, *SUFFIXES))
        name, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("A manifest or a picture"),
            "",
            self.tr("Manifests and pictures ({kinds})").format(kinds=kinds),
        )
        if name:
            self.add(Path(name))
