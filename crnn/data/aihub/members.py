"""The files of a source: a folder, the zips in it, or one zip, all seen as one tree.

AI Hub's tree is 01.데이터/1.Training/{라벨링데이터/TL.zip, 원천데이터/TS1..TS9.zip} and
2.Validation/{라벨링데이터/VL.zip, 원천데이터/VS.zip}. The folder 4.Validation inside the zips is
level 1 of both splits and says nothing about the split.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from crnn.data.aihub.archives import CHUNK, Packed, listed, read_packed, stream_packed
from crnn.data.aihub.faults import ImportFault
from crnn.data.folder import SUFFIXES
from crnn.errors import DatasetError

Role = Literal["label", "picture", "collection"]
Split = Literal["train", "val"]

MAX_LABEL_BYTES = 32 * 2**20
MAX_PICTURE_BYTES = 256 * 2**20

_COLLECTION = re.compile(r"data_info\w*\.json$", re.IGNORECASE)
_SPLITS: tuple[tuple[Split, re.Pattern[str]], ...] = (
    ("train", re.compile(r"(1\.|\[[^]]*\])?\s*training|\[?T[LS]\d*(\]|_|\.zip$|$)", re.IGNORECASE)),
    ("val", re.compile(r"(2\.|\[[^]]*\])?\s*validation|\[?V[LS]\d*(\]|_|\.zip$|$)", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Member:
    """One file. `path` is the file, or the zip it is `packed` in; `shown` is its path below the
    source, through the zip. `split` is the official one, None where the path does not say."""

    path: Path
    shown: str
    role: Role
    split: Split | None
    packed: Packed | None = None

    @property
    def stem(self) -> str:
        """The file's name without suffix, NFC: what a label and its picture have in common."""
        return unicodedata.normalize("NFC", PurePosixPath(self.shown).stem)

    def read(self) -> bytes:
        """All bytes. Raises DatasetError where they cannot be had, or are too many."""
        limit = MAX_PICTURE_BYTES if self.role == "picture" else MAX_LABEL_BYTES
        if self.packed is not None:
            return read_packed(self.path, self.packed, limit)
        try:
            with self.path.open("rb") as file:
                data = file.read(limit + 1)
        except OSError as error:
            raise DatasetError(f"{self.shown}: cannot be read ({error.strerror})") from error
        if len(data) > limit:
            raise DatasetError(f"{self.shown} has more than {limit:,} bytes; that is no such file")
        return data

    def stream(self) -> Iterator[bytes]:
        """All bytes in pieces, however many. Raises DatasetError where they cannot be had."""
        if self.packed is not None:
            yield from stream_packed(self.path, self.packed)
            return
        try:
            with self.path.open("rb") as file:
                while piece := file.read(CHUNK):
                    yield piece
        except OSError as error:
            raise DatasetError(f"{self.shown}: cannot be read ({error.strerror})") from error


def find(source: Path, leave_out: Path) -> Iterator[Member | ImportFault]:
    """Every label, picture and collection of `source`, in no order, without those of `leave_out`.

    A zip in a folder that cannot be read is a fault. Raises DatasetError where `source` itself is
    neither a folder nor a zip.
    """
    if source.is_dir():
        split = official_split(source.resolve().parts[-2:])
        yield from _in_folder(source, source, leave_out.resolve(), split)
    elif source.is_file():
        whole = source.resolve()
        yield from _in_zip(source, source.name, official_split((whole.parent.name, whole.name)))
    else:
        raise DatasetError(f"{source}: there is no such folder or zip; check the path")


def official_split(parts: tuple[str, ...]) -> Split | None:
    """The split that a path names; the outermost part that names one counts."""
    for part in parts:
        for split, pattern in _SPLITS:
            if pattern.match(part):
                return split
    return None


def _in_folder(
    top: Path, source: Path, leave_out: Path, split: Split | None
) -> Iterator[Member | ImportFault]:
    seen: set[tuple[int, int]] = set()
    for folder, names, files in os.walk(top, followlinks=True):
        status = os.stat(folder)
        if (status.st_dev, status.st_ino) in seen or Path(folder).resolve() == leave_out:
            names.clear()  # a link back up, or what is being written
            continue
        seen.add((status.st_dev, status.st_ino))
        names[:] = [name for name in names if not _hidden(name)]
        for name in files:
            path = Path(folder, name)
            shown = printable(path.relative_to(source).as_posix())
            here = split or official_split(tuple(shown.split("/")))
            if name.lower().endswith(".zip") and not _hidden(name):
                try:
                    yield from _in_zip(path, shown, here)
                except DatasetError as error:
                    yield ImportFault("unreadable_archive", shown, str(error))
            elif role := _role(shown):
                yield Member(path, shown, role, here)


def _in_zip(path: Path, shown: str, split: Split | None) -> Iterator[Member | ImportFault]:
    for packed in listed(path):
        inside = printable(f"{shown}/{packed.name}")
        if role := _role(packed.name):
            here = split or official_split(tuple(packed.name.split("/")[:-1]))
            yield Member(path, inside, role, here, packed)
        elif packed.name.lower().endswith(".zip"):
            detail = "a zip inside a zip is not read; unpack the outer one"
            yield ImportFault("unreadable_archive", inside, detail)


def _role(name: str) -> Role | None:
    parts = name.split("/")
    if any(_hidden(part) for part in parts):
        return None
    last = parts[-1].lower()
    if last.endswith(".json"):
        return "collection" if _COLLECTION.search(last) else "label"
    return "picture" if last.endswith(SUFFIXES) else None


def _hidden(part: str) -> bool:
    """What a Mac or a file manager adds beside the data; "." and ".." are no such names."""
    return part == "__MACOSX" or (part.startswith(".") and part.strip(".") != "")


def printable(name: str) -> str:
    """A name that can be written as UTF-8: undecodable bytes become question marks."""
    return name.encode("utf-8", "replace").decode("utf-8")
