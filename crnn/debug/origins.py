"""Origins: what a run directory says of its branches, before any of them is opened.

    RUN/branches/1/branch.json   its name, its parent, the step it grew from, its edits

One idea: a number is a name for good. A branch that cannot be read keeps its number and its files,
so nothing that is made later is put over it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crnn import durable
from crnn.data.dataset import TrainingSet
from crnn.data.edited import EditedDataset, edits_in
from crnn.debug.branch_messages import Unreadable
from crnn.debug.edits import Edit, edited_data, from_tables, tables
from crnn.debug.recording import Header
from crnn.errors import EditError, RecordingError

FOLDER, ORIGIN = "branches", "branch.json"
ROOT = 0
"""The number of the run as it began."""
_LONGEST_NUMBER = 6
"""Digits of the largest number that is read."""


@dataclass(frozen=True, slots=True)
class Origin:
    """One branch: it grew from the state of `step` of branch `parent`, changed by `edits`."""

    number: int
    name: str
    parent: int
    step: int
    edits: tuple[Edit, ...]
    directory: Path


def origins(directory: Path) -> tuple[Origin | Unreadable, ...]:
    """All branches recorded in the run `directory`, parents first. A directory without a
    branch.json is one that a kill left half made, as long as no step was trained in it."""
    found: list[Origin | Unreadable] = []
    for number in sorted(_numbers(directory)):
        place = directory / FOLDER / f"{number}"
        if (place / ORIGIN).exists() or _has_steps(place):
            found.append(_origin(place, number))
    return tuple(found)


def data_of_line(known: Mapping[int, TrainingSet], origin: Origin, header: Header) -> TrainingSet:
    """What the branch of this origin and header trains on; `known`: the data of the lines before
    it. Where that of its parent is not among them, the recorded source tells the changes, as far as
    the data has one. Raises EditError and RecordingError."""
    if origin.parent in known:
        return edited_data(known[origin.parent], origin.edits)
    root = known[ROOT]
    told = edits_in(header.data_source)
    before = root.dataset.edits if isinstance(root.dataset, EditedDataset) else ()
    found = edited_data(root, told[1][len(before) :] if told is not None else origin.edits)
    if found.dataset.fingerprint != header.data_fingerprint:
        raise RecordingError(
            f"{origin.directory}: grows from branch {origin.parent}, which changed the data and "
            "cannot be read; take another copy of that one"
        )
    return found


def write_origin(origin: Origin) -> None:
    """Write branch.json. Atomic. Raises RecordingError."""
    table = {
        "name": origin.name,
        "parent": origin.parent,
        "step": origin.step,
        "edits": tables(origin.edits),
    }
    path = origin.directory / ORIGIN
    try:
        durable.write(path, json.dumps(table, ensure_ascii=False).encode() + b"\n")
    except OSError as error:
        raise RecordingError(f"{path}: cannot be written ({error.strerror})") from error


def _numbers(directory: Path) -> list[int]:
    """Numbers above ROOT that name a directory in the way this program writes them."""
    names = (path.name for path in directory.glob(f"{FOLDER}/*") if path.is_dir())
    short = (n for n in names if n.isascii() and n.isdecimal() and len(n) <= _LONGEST_NUMBER)
    return [int(name) for name in short if name[0] != "0"]


def _has_steps(place: Path) -> bool:
    metrics = place / "metrics.bin"
    return metrics.is_file() and metrics.stat().st_size > 0


def _origin(place: Path, number: int) -> Origin | Unreadable:
    try:
        table = _read(place / ORIGIN, number)
        edits = from_tables(table["edits"])
    except (RecordingError, EditError) as error:
        return Unreadable(number, "", ROOT, f"{error}")
    return Origin(number, table["name"], table["parent"], table["step"], edits, place)


def _read(path: Path, number: int) -> dict[str, Any]:
    """The checked table. Raises RecordingError."""
    try:
        table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        kinds = {"name": str, "parent": int, "step": int, "edits": list}
        wrong = [name for name, kind in kinds.items() if type(table[name]) is not kind]
        if wrong or not ROOT <= table["parent"] < number:
            what = wrong[0] if wrong else "parent"
            raise RecordingError(
                f"{path}: damaged ({what} is {str(table[what])[:40]!r}); take another copy"
            )
    except FileNotFoundError as error:
        raise RecordingError(f"{path}: is missing; take a whole copy of the run") from error
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise RecordingError(f"{path}: damaged ({error}); take another copy") from error
    return table
