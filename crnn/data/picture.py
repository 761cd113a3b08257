"""A single picture as a data set, with its label where one lies beside it.

Without a label it can be looked at and read; training on it, or scoring what is read, needs one.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

from crnn.data.dataset import Fault
from crnn.data.folder import SUFFIXES, FileDataset, read_label
from crnn.errors import DatasetError


def is_picture(path: Path) -> bool:
    """Whether its name is that of a picture file."""
    return path.suffix.lower() in SUFFIXES


class PictureDataset(FileDataset):
    """The picture at `path`; its label is NAME.txt beside it, or ../labels/NAME.txt.

    Without one its text is empty, and `faults` says so. Raises DatasetError where there is no such
    file, or where the label cannot be read.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise DatasetError(f"{path}: there is no such picture; check the path")
        name = unicodedata.normalize("NFC", path.stem)
        label = label_of(path)
        text = "" if label is None else read_label(label)
        faults = [] if text else [Fault(0, name, "missing_label", _lacking(path, label))]
        super().__init__(path.name, str(path.resolve()), [(name, text, path)], faults)


def label_of(path: Path) -> Path | None:
    """The label file of a picture, whether its name is composed or, from a Mac, decomposed."""
    for form in ("NFC", "NFD"):
        stem = unicodedata.normalize(form, path.stem)
        for folder in (path.parent, path.resolve().parent.parent / "labels"):
            if (folder / f"{stem}.txt").is_file():
                return folder / f"{stem}.txt"
    return None


def require_label(dataset: object) -> None:
    """Raise DatasetError where this is a picture without a label: for what needs the truth."""
    if isinstance(dataset, PictureDataset) and not dataset.texts[0]:
        raise DatasetError(dataset.faults[0].detail)


def _lacking(path: Path, label: Path | None) -> str:
    empty = f" ({label} is empty)" if label else ""
    return (
        f"{path}{empty} has no label to train on or to score by: write its text into "
        f"{path.with_suffix('.txt')}; to have it read, drop it on the window or use `recognize`"
    )
