"""Sources: data sets by a short text that a command line, a dialog and a recording share.

A built-in name (embedded, lesson, words32), synth:COUNT or synth:COUNT:SEED for the synthesiser
(wild: for wilder hands, loose: with paper round the words, face: for a face never trained on, real:
for hands, boxes and papers as people's are), a folder, the manifest of an import (manifest.jsonl),
or a picture. ":train" or ":val" behind a manifest, or behind the parent of train/ and val/, names
the part.

Any of them with "#3,17,4" behind it: those samples alone, which is how a recording of one
overfitted batch finds its data again. With "![...]" behind it, a list of edits in JSON: the set
as a branch changed it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from crnn.data.dataset import Dataset, subset
from crnn.data.edited import MARK, EditedDataset, edits_in
from crnn.data.folder import SUFFIXES, FileDataset, open_folder
from crnn.data.manifest import SPLITS, SUFFIX, ManifestDataset
from crnn.data.picture import PictureDataset, is_picture
from crnn.data.synth import embedded, lesson, seed_words
from crnn.data.written import Manner, WrittenDataset
from crnn.errors import DatasetError

BUILT_IN: dict[str, Callable[[], Dataset]] = {
    "embedded": embedded,
    "lesson": lesson,
    "words32": seed_words,
}
"""The sets that are there at once: 2,000 embedded words, the lesson's 64, the seed's 32."""

_MANNERS = tuple(f"{manner}:" for manner in get_args(Manner))
WRITTEN = "synth:2000"
"""What is trained on where nobody has data: words by thousands of drawn hands."""


def usual_source(preset: str) -> str:
    """The set that a run of this preset starts on where none is named."""
    return {"lesson": "lesson", "seed": "words32"}.get(preset, WRITTEN)


def open_source(source: str, split: str = "train") -> Dataset:
    """The data set `source` names; of a manifest, or of a parent of train/ and val/, the part that
    it names or else `split`.

    A folder that has the name of a built-in set is reached as ./NAME. Raises DatasetError, and
    EditError where edits in it do not fit.
    """
    whole, mark, listed = source.rpartition("#")
    if mark and all(part.isdecimal() for part in listed.split(",")):
        return _part(open_source(whole, split), [int(part) for part in listed.split(",")], source)
    edited = edits_in(source)
    if edited is not None:
        return EditedDataset(open_source(edited[0], split), edited[1])
    if source in BUILT_IN:
        return BUILT_IN[source]()
    if source.startswith(_MANNERS):
        return _written(source)
    return open_path(*part_named(source, split))


def part_named(source: str, split: str) -> tuple[Path, str]:
    """The path in a source, and the part that stands behind it, or `split` where none does."""
    path, _, part = source.rpartition(":")
    if part in SPLITS and path and not Path(source).exists():
        return Path(path), part
    return Path(source), split


def open_path(path: Path, split: str) -> FileDataset:
    """A manifest, a picture or a data folder. Raises DatasetError."""
    if path.is_dir():
        return open_folder(path, split)
    if path.suffix.lower() == SUFFIX:
        return ManifestDataset(path, split)
    if is_picture(path):
        return PictureDataset(path)
    if path.is_file():
        raise DatasetError(
            f"{path} is no data: give a folder with images and labels, the manifest.jsonl of an "
            f"import, or a picture ({', '.join(SUFFIXES)})"
        )
    return open_folder(path, split)


def is_drawn(source: str) -> bool:
    """Whether this program draws the set itself: then its pictures are those of the version that
    drew them, and no file can bring older ones back."""
    base = source.partition(MARK)[0].partition("#")[0]
    return base in BUILT_IN or base.startswith(_MANNERS)


def _written(source: str) -> Dataset:
    manner: Manner = next(name for name in get_args(Manner) if source.startswith(f"{name}:"))
    found = re.fullmatch(r"([0-9]{1,10})(?::([0-9]{1,19}))?", source.removeprefix(f"{manner}:"))
    if found is None:
        raise DatasetError(
            f"{source} is not {manner}:COUNT or {manner}:COUNT:SEED, as in {manner}:20000:7"
        )
    return WrittenDataset(int(found[1]), int(found[2] or 1), manner)


def _part(dataset: Dataset, ids: list[int], source: str) -> Dataset:
    if max(ids) >= len(dataset):
        raise DatasetError(
            f"{source}: sample {max(ids)} is asked for, but there are {len(dataset):,}; "
            "give the folder that was recorded"
        )
    return subset(dataset, ids, f"{len(ids)} samples of {dataset.name}")
