"""One sheet, from its files to its crops on disk.

Everything is read and cut before the first file is written, and every file appears whole. A sheet
counts as finished only once the journal has it, so what an interrupt leaves is written again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from crnn.data.aihub.choice import Choice, disagrees
from crnn.data.aihub.documents import read_sheet
from crnn.data.aihub.faults import ImportFault, ImportFaultKind
from crnn.data.aihub.index import Pair, place
from crnn.data.aihub.members import Split
from crnn.data.aihub.pages import Area, Page, clamped, is_empty, read_page
from crnn.data.aihub.sheet import Box, Sheet
from crnn.data.prepare import Shape
from crnn.errors import DatasetError

_WRITER = ("writer_id", "writer_age", "writer_sex", "gender", "age", "job", "grade", "class")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*%]')
_MAX_NAME_BYTES = 160


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for all sheets.

    `val_below`: without an official split, what has a lower place goes to val; `by_writer`: the
    writer has the place, not the sheet.
    """

    out: Path
    choice: Choice
    shape: Shape
    official: bool
    by_writer: bool
    val_below: str


@dataclass(frozen=True, slots=True)
class Task:
    pair: Pair
    rules: Rules


@dataclass(frozen=True, slots=True)
class Outcome:
    """`manifest` has one line of JSON for each crop written; `skipped` counts the boxes that were
    not. `done`: written, and need not be looked at again; `filtered`: not asked for."""

    stem: str
    split: Split = "train"
    done: bool = False
    filtered: bool = False
    manifest: tuple[str, ...] = ()
    skipped: int = 0
    code_differs: bool = False
    size_differs: bool = False
    faults: tuple[ImportFault, ...] = ()


@dataclass(frozen=True, slots=True)
class Crop:
    """A word as it will be written. `area` is what it covers of the upright page."""

    box: Box
    area: Area
    png: bytes


@dataclass(slots=True)
class _Cuts:
    """What becomes of the boxes of the sheet whose label is `file`."""

    file: str
    crops: list[Crop] = field(default_factory=list)
    faults: list[ImportFault] = field(default_factory=list)
    skipped: int = 0

    def note(self, kind: ImportFaultKind, box: Box, detail: str) -> None:
        value = f"box {box.index:03d} {box.text[:40]!r}: {detail}"
        self.faults.append(ImportFault(kind, self.file, value))

    def skip(self, kind: ImportFaultKind, box: Box, detail: str) -> None:
        self.note(kind, box, detail)
        self.skipped += 1


def import_sheet(task: Task) -> Outcome:
    """Read, cut and write the sheet of one pair. Faults are in the outcome.

    Raises DatasetError only where `out` cannot be written.
    """
    pair, rules = task.pair, task.rules
    if pair.label is None:
        return _without_label(pair, rules.choice)
    try:
        sheet = read_sheet(pair.label.read())
    except (ValueError, DatasetError) as error:
        return _stopped(pair, "bad_json", pair.label.shown, str(error))
    if not rules.choice.wants(pair.stem, sheet.media, sheet.content):
        return Outcome(
            pair.stem, filtered=True, code_differs=disagrees(pair.stem, sheet.media, sheet.content)
        )
    if pair.picture is None:
        detail = f"no picture has the stem {pair.stem}; {len(sheet.boxes)} boxes"
        return _stopped(pair, "missing_image", pair.label.shown, detail)
    try:
        page = read_page(pair.picture.read(), pair.picture.shown, sheet.size)
    except DatasetError as error:
        return _stopped(pair, "unreadable_image", pair.picture.shown, str(error))
    return _cut_and_write(pair, rules, sheet, page)


def _without_label(pair: Pair, choice: Choice) -> Outcome:
    if not choice.wants(pair.stem) or pair.picture is None:
        return Outcome(pair.stem, filtered=True)
    detail = f"no label has the stem {pair.stem}"
    return _stopped(pair, "missing_label", pair.picture.shown, detail)


def _stopped(pair: Pair, kind: ImportFaultKind, file: str, value: str) -> Outcome:
    return Outcome(pair.stem, faults=(ImportFault(kind, file, value),))


def _cut_and_write(pair: Pair, rules: Rules, sheet: Sheet, page: Page) -> Outcome:
    assert pair.label is not None
    cuts = _Cuts(pair.label.shown)
    for box in sheet.boxes:
        _cut(box, page, rules.shape, cuts)
    split = _split(pair, rules, sheet)
    _write(rules.out, split, pair.stem, cuts.crops)
    about = _about(pair, split, sheet, page)
    lines = tuple(
        json.dumps(
            {"name": crop_name(pair.stem, crop.box.index), "text": crop.box.text}
            | {"box": list(crop.area), "index": crop.box.index}
            | about,
            ensure_ascii=False,
        )
        for crop in cuts.crops
    )
    stored = (page.whole.right, page.whole.bottom)
    return Outcome(
        stem=pair.stem,
        split=split,
        done=True,
        manifest=lines,
        skipped=cuts.skipped,
        code_differs=disagrees(pair.stem, sheet.media, sheet.content),
        size_differs=sheet.size not in (None, stored) and not page.turned,
        faults=tuple(cuts.faults),
    )


def _cut(box: Box, page: Page, shape: Shape, cuts: _Cuts) -> None:
    if box.problem:
        cuts.skip("bad_json", box, box.problem)
    elif not box.text:
        cuts.skip("empty_text", box, "the text is empty")
    elif box.text in ("XXX", "xxx"):
        cuts.skip("dont_care", box, "marked as not to be read")
    elif box.corners and (
        box.corners.right <= box.corners.left or box.corners.bottom <= box.corners.top
    ):
        cuts.skip("empty_box", box, _told(box, page))
    else:
        _cut_area(box, page.area(box.corners) if box.corners else page.whole, page, shape, cuts)


def _cut_area(box: Box, asked: Area, page: Page, shape: Shape, cuts: _Cuts) -> None:
    area = clamped(asked, page.whole)
    if is_empty(area):
        cuts.skip("box_outside", box, _told(box, page))
        return
    try:
        png = page.cut(area, shape)
    except ValueError as error:
        cuts.skip("too_wide", box, str(error))
        return
    if area != asked:
        cuts.note("box_clamped", box, _told(box, page))
    cuts.crops.append(Crop(box, area, png))


def _told(box: Box, page: Page) -> str:
    if box.corners is None:
        return "the whole picture"
    left, top, right, bottom = (f"{value:g}" for value in box.corners)
    wide, high = page.whole.right, page.whole.bottom
    return f"x {left} to {right}, y {top} to {bottom} on a page of {wide} x {high}"


def _split(pair: Pair, rules: Rules, sheet: Sheet) -> Split:
    if rules.official and pair.split:
        return pair.split
    key = pair.stem.casefold()
    if rules.by_writer:
        writer = [f"{name}={sheet.fields[name]}" for name in _WRITER if name in sheet.fields]
        key = "\n".join(writer) or key
    return "val" if place(key) < rules.val_below else "train"


def _about(pair: Pair, split: Split, sheet: Sheet, page: Page) -> dict[str, object]:
    """What all lines of a sheet's manifest share."""
    return {
        "split": split,
        "dataset": sheet.dataset,
        "label": pair.label.shown if pair.label else "",
        "picture": pair.picture.shown if pair.picture else "",
        "page": [page.whole.right, page.whole.bottom],
        "fields": dict(sheet.fields),
    }


def crop_name(stem: str, index: int) -> str:
    """STEM_bbox_III, as the seed names its crops; a stem that no file system takes is escaped."""
    safe = _UNSAFE.sub(lambda found: f"%{ord(found.group()):02X}", stem)
    if safe.startswith("."):
        safe = f"%2E{safe[1:]}"
    if len(safe.encode("utf-8", "replace")) > _MAX_NAME_BYTES:
        safe = f"{safe[:40]}-{hashlib.sha256(stem.encode('utf-8', 'replace')).hexdigest()[:16]}"
    return f"{safe}_bbox_{index:03d}"


def _write(out: Path, split: Split, stem: str, crops: list[Crop]) -> None:
    for crop in crops:
        name = crop_name(stem, crop.box.index)
        label, picture = f"{split}/labels/{name}.txt", f"{split}/images/{name}.png"
        write_whole(out, label, crop.box.text.encode())
        write_whole(out, picture, crop.png)


def write_whole(out: Path, below: str, data: bytes) -> None:
    """Write the file `below` of `out` whole or not at all. Raises DatasetError."""
    draft, target = out / ".import" / f"draft-{os.getpid()}", out / below
    try:
        draft.write_bytes(data)
        draft.replace(target)
    except OSError as error:
        raise DatasetError(
            f"{target} cannot be written ({error.strerror}); what is finished is kept: "
            "make room, then run the same command again"
        ) from error
