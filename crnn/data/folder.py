"""Pictures in files, and data folders of them in the seed's layout: images/NAME.png with
labels/NAME.txt, one label a file.

Names are paired in NFC, because a file that has been on a Mac may carry its Hangul name in NFD.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import numpy as np

from crnn.arrays import U8
from crnn.data.cache import ArrayCache
from crnn.data.dataset import Fault, FaultKind, Sample, fingerprint
from crnn.data.prepare import read_gray
from crnn.errors import DatasetError

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp")

_RAW_BYTES = 256 * 2**20


def open_folder(path: Path, split: str = "train") -> FolderDataset:
    """The data folder at `path`, or its `split` ("train" or "val") where `path` is the parent of
    both. Raises DatasetError where there is neither, or where no picture has a label."""
    name = path.resolve().name
    for folder, label in ((path, name), (path / split, f"{name}/{split}")):
        if (folder / "images").is_dir() and (folder / "labels").is_dir():
            return FolderDataset(folder, label)
    missing = "does not exist" if not path.exists() else "is not a data folder"
    raise DatasetError(
        f"{path} {missing}; a data folder holds images/NAME.png and labels/NAME.txt, "
        f"or a {split} folder that does"
    )


class FileDataset:
    """Picture files with their texts; a picture is read when it is asked for.

    What could not become a sample is in `faults`, with index -1.
    """

    def __init__(
        self,
        name: str,
        source: str,
        samples: Iterable[tuple[str, str, Path]],
        faults: Iterable[Fault] = (),
    ) -> None:
        """`samples` are (name, text, picture)."""
        self.name, self.source = name, source
        listed = tuple(samples)
        self.names = tuple(sample[0] for sample in listed)
        self.texts = tuple(sample[1] for sample in listed)
        self._paths = tuple(sample[2] for sample in listed)
        self.faults = tuple(faults)
        self._cache: ArrayCache[int, U8] = ArrayCache(_RAW_BYTES)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over names, texts and pixels; an unreadable picture counts as an empty one."""
        return fingerprint(self._or_empty(index) for index in range(len(self)))

    def _or_empty(self, index: int) -> Sample:
        try:
            return self.sample(index)
        except DatasetError:
            return Sample(self.names[index], self.texts[index], np.zeros((0, 0), np.uint8))

    def __len__(self) -> int:
        return len(self.names)

    def sample(self, index: int) -> Sample:
        """Raises DatasetError where the picture cannot be read."""
        gray_HW = self._cache.get(index, lambda: read_gray(self._paths[index]))
        return Sample(self.names[index], self.texts[index], gray_HW)


class FolderDataset(FileDataset):
    """The pairs of one folder in natural order (2 before 10).

    What has no partner or no readable label is in `faults`.
    """

    def __init__(self, folder: Path, name: str) -> None:
        faults: list[Fault] = []
        pictures = by_name(folder / "images", SUFFIXES, faults)
        labels = by_name(folder / "labels", (".txt",), faults)
        faults += _without_partner(pictures, labels, "missing_label", f"{folder}/labels/%s.txt")
        faults += _without_partner(labels, pictures, "missing_image", f"{folder}/images/%s.png")
        samples: list[tuple[str, str, Path]] = []
        for stem in sorted(pictures.keys() & labels.keys(), key=natural):
            try:
                samples.append((stem, read_label(labels[stem]), pictures[stem]))
            except DatasetError as error:
                faults.append(Fault(-1, stem, "unreadable_label", str(error)))
        if not samples:
            raise DatasetError(
                f"{folder}: none of {len(pictures):,} pictures and {len(labels):,} labels make a "
                "pair; images/NAME.png needs labels/NAME.txt of the same name"
            )
        super().__init__(name, str(folder.resolve()), samples, faults)


def read_label(path: Path) -> str:
    """The one label of a file, UTF-8 with or without BOM, in NFC. Raises DatasetError."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path}: not readable as UTF-8 ({error}); save it as UTF-8") from error
    return unicodedata.normalize("NFC", text.strip())


def by_name(folder: Path, suffixes: tuple[str, ...], faults: list[Fault]) -> dict[str, Path]:
    """NFC stem -> file; a second file of the same name becomes a fault."""
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.suffix.lower() not in suffixes:
            continue
        name = unicodedata.normalize("NFC", path.stem)
        if name in found:
            detail = f"{path} has the same name as {found[name].name}; only the latter is read"
            faults.append(Fault(-1, name, "duplicate_stem", detail))
        else:
            found[name] = path
    return found


def _without_partner(
    have: dict[str, Path], want: dict[str, Path], kind: FaultKind, pattern: str
) -> list[Fault]:
    names = sorted(have.keys() - want.keys(), key=natural)
    return [Fault(-1, n, kind, f"{have[n]} has no partner {pattern % n}") for n in names]


def natural(name: str) -> list[tuple[int, str]]:
    """Sort key by which a2 stands before a10."""
    parts = re.split(r"(\d+)", name)
    return [(int(p), "") if p.isdecimal() else (-1, p) for p in parts]
