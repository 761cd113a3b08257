"""The manifest of an import as a data set: manifest.jsonl beside the folders train/ and val/.

The same samples in the same order as the folder of that part, found without a look at a label file;
and what the sheets say of their writers, which the folders do not have.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from crnn.data.dataset import Fault
from crnn.data.folder import SUFFIXES, FileDataset, by_name, natural
from crnn.errors import DatasetError

SUFFIX = ".jsonl"
SPLITS = ("train", "val")


class ManifestDataset(FileDataset):
    """What the manifest `path` lists in `split`. Raises DatasetError where that is nothing, where
    the file is damaged, or where none of its pictures is there.

    A line without a picture, a picture without a line and a name that comes twice are in `faults`.
    """

    def __init__(self, path: Path, split: str) -> None:
        self._path = path
        faults: list[Fault] = []
        lines, counts = _read(path, split, faults)
        if not lines:
            found = ", ".join(f"{part} {n:,}" for part, n in counts.items()) or "nothing"
            raise DatasetError(
                f"{path} lists no sample of {split} (it has {found}); choose the part with "
                f"{path.name}:train or {path.name}:val"
            )
        folder = path.parent / split / "images"
        pictures = by_name(folder, SUFFIXES, faults) if folder.is_dir() else {}
        faults += _unlike(path, split, lines, pictures)
        names = sorted(lines.keys() & pictures.keys(), key=natural)
        if not names:
            raise DatasetError(
                f"none of the {len(lines):,} pictures that {path} lists in {split} is in {folder}; "
                "a manifest stays beside the train and val folders of its import: import again, or "
                "put it back"
            )
        self._fields = tuple(lines[name][1] for name in names)
        samples = [(name, lines[name][0], pictures[name]) for name in names]
        source = f"{path.resolve()}:{split}"
        super().__init__(f"{path.resolve().parent.name}/{split}", source, samples, faults)

    def about(self, index: int) -> Mapping[str, str]:
        """What the sheet says of the one who wrote this word, and of the sheet: field -> value."""
        return self._fields[index]


def splits_of(path: Path) -> list[str]:
    """The parts that the manifest `path` has samples in. Raises DatasetError as ManifestDataset."""
    return list(_read(path, "", [])[1])


def _read(
    path: Path, split: str, faults: list[Fault]
) -> tuple[dict[str, tuple[str, Mapping[str, str]]], dict[str, int]]:
    """NFC name -> (text, fields) of `split`, and how many lines each part has."""
    found: dict[str, tuple[str, Mapping[str, str]]] = {}
    counts = dict.fromkeys(SPLITS, 0)
    held: dict[str, Mapping[str, str]] = {}
    for number, entry in _entries(path):
        try:
            name, text, part = (entry[key] for key in ("name", "text", "split"))
            sheet, fields = str(entry.get("label", "")), entry.get("fields", {})
            if part not in SPLITS or not (isinstance(name, str) and isinstance(text, str)):
                raise ValueError(f"split is {part!r}, allowed: train or val")
            about = {str(key): str(value) for key, value in {"sheet": sheet, **fields}.items()}
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise _damaged(path, number, error) from error
        counts[part] += 1
        name, text = (unicodedata.normalize("NFC", value.strip()) for value in (name, text))
        if part == split and name in found:
            detail = f"{path} lists it again at line {number}; only the first is read"
            faults.append(Fault(-1, name, "duplicate_stem", detail))
        elif part == split:
            # The words of a sheet share what it says, so it is held once.
            found[name] = text, held.setdefault(json.dumps(about), about)
    return found, {part: n for part, n in counts.items() if n}


def _entries(path: Path) -> Iterator[tuple[int, Any]]:
    """(line number from 1, what stands there)."""
    number = 0
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, json.loads(line)
    except FileNotFoundError as error:
        raise DatasetError(f"{path}: there is no such file; check the path") from error
    except (OSError, ValueError) as error:
        raise _damaged(path, number, error) from error


def _damaged(path: Path, number: int, error: Exception) -> DatasetError:
    return DatasetError(
        f"{path} is damaged at line {number} ({error}); give the manifest.jsonl that preprocess "
        "wrote, or import into a new folder"
    )


def _unlike(
    path: Path, split: str, lines: Mapping[str, object], pictures: Mapping[str, Path]
) -> Iterator[Fault]:
    for name in sorted(lines.keys() - pictures.keys(), key=natural):
        place = path.parent / split / "images" / f"{name}.png"
        detail = f"{path} lists it, but {place} is not there; import again"
        yield Fault(-1, name, "missing_image", detail)
    for name in sorted(pictures.keys() - lines.keys(), key=natural):
        detail = f"{pictures[name]} is not among what {path} lists in {split}"
        yield Fault(-1, name, "missing_label", detail)
