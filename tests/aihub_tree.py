"""A tree like AI Hub 605's, with its real key names and quirks, on small pages of drawn strokes.

`plan()` is the sheets, planted faults included; `as_folders` and `as_zips` lay the same sheets out
unpacked, and in TL/TS1-9/VL/VS as they are downloaded.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from PIL import Image

WIDE, HIGH = 250, 350
"""A tenth of a real page."""

COLUMNS, ROWS = 4, 3
WORDS = ("009180", "광주광역시", "강원도", "신창동2가", "(~ㅇㅂㅇ)~", "^_^", "ㅇ_ㅇ", "郎君", "AI")
INSIDE = "HW-OCR/4.Validation/{medium}/{content}"
MEDIA = {"P": "P.Paper", "T": "T.Tablet"}
CONTENTS = {"R": "R.Free", "O": "O.Form"}


@dataclass
class PlannedSheet:
    """What one sheet is made of; `document` and `png` may be None for what is missing."""

    stem: str
    split: str
    document: bytes | None
    png: bytes | None
    folder: str = ""
    copies: list[str] = field(default_factory=list)


def entry(number: int, text: object, box: tuple[int, int, int, int]) -> dict[str, Any]:
    """One bbox entry, corners in the real order TL, BL, TR, BR."""
    x0, y0, x1, y1 = box
    return {"data": text, "id": number, "x": [x0, x0, x1, x1], "y": [y0, y1, y0, y1]}


def words(number: int, count: int = 10) -> list[dict[str, Any]]:
    """`count` words in a table of four columns; ids start at 1 and skip 2, as seen."""
    made = []
    for place in range(count):
        column, row = place % COLUMNS, place // COLUMNS
        x, y = 12 + 58 * column, 30 + 90 * row
        text = f"{number:06d}" if place == 0 else WORDS[(number + place) % len(WORDS)]
        made.append(entry(place + 1 + (place > 0), text, (x, y, x + 34 + place, y + 16)))
    return made


def document(
    stem: str, boxes: Iterable[Any], *, medium: int = 0, content: int = 1, **changes: Any
) -> dict[str, Any]:
    """A document with the keys of the real ones, misspelling included."""
    found = {
        "Annotation": {"object_recognition": 0, "text_language": 0},
        "Dataset": {
            "category": 0,
            "identifier": "IMG_OCR_53",
            "label_path": "HW_OCR/4.Validation/P.Paper/R.Free/",
            "name": "대용량 손글씨 데이터셋",
            "src_path": "HW_OCR/4.Validation/P.Paper/R.Free/",
            "type": 1,
        },
        "Images": {
            "acquistion_location": "자체",
            "application_field": "기타",
            "background": 0,
            "data_captured": "2021.08.26",
            "height": HIGH,
            "identifier": stem,
            "media_type": medium,
            "pen_color": "red",
            "pen_type": 1,
            "type": "png",
            "width": WIDE,
            "writer_age": 20 + crc32(stem.encode()) % 45,
            "writer_sex": crc32(stem.encode()) >> 16 & 1,
            "written_content": content,
        },
        "bbox": list(boxes),
    }
    return found | changes


def encoded(found: Any, *, bom: bool = False) -> bytes:
    text = json.dumps(found, ensure_ascii=False, indent=2)
    return text.encode("utf-8-sig" if bom else "utf-8")


def page(seed: int, width: int = WIDE, height: int = HIGH) -> Image.Image:
    """Tinted paper with dark strokes, another for every seed."""
    chance = np.random.default_rng(seed)
    paper_HWC = np.full((height, width, 3), (235, 232, 225), np.uint8)
    for x, y in chance.integers(0, (width - 8, height - 8), (150, 2)).tolist():
        paper_HWC[y : y + 2, x : x + 8] = (40, 30, 160)
        paper_HWC[y : y + 8, x + 3 : x + 5] = (40, 30, 160)
    return Image.fromarray(paper_HWC)


def png(picture: Image.Image, orientation: int = 1) -> bytes:
    file = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture.save(file, "PNG", exif=exif)
    return file.getvalue()


def sheet(
    number: int, code: str = "4PR", split: str = "train", boxes: list[Any] | None = None
) -> PlannedSheet:
    """A sound sheet of ten words (or of `boxes`)."""
    stem = f"IMG_OCR_53_{code}_{number:05d}"
    medium, content = "PT".index(code[1]), "OR".index(code[2])
    made = document(stem, words(number) if boxes is None else boxes, medium=medium, content=content)
    folder = INSIDE.format(medium=MEDIA[code[1]], content=CONTENTS[code[2]])
    return PlannedSheet(stem, split, encoded(made), png(page(number)), folder)


def plan() -> list[PlannedSheet]:
    """50 sheets: 36 sound ones of which 24 are paper and free, and 14 with something to them."""
    made = [sheet(n, split="train" if n <= 18 else "val") for n in range(1, 25)]
    made += [sheet(n, "4PO") for n in range(25, 29)]
    made += [sheet(n, "4TR", "val") for n in range(29, 33)]
    made += [sheet(n, "4TO") for n in range(33, 37)]
    return made + planted()


EXPECTED_FAULTS = {
    "missing_image": 2,
    "missing_label": 1,
    "unreadable_image": 2,
    "bad_json": 3,
    "empty_box": 2,
    "box_clamped": 2,
    "box_outside": 2,
    "dont_care": 2,
    "empty_text": 3,
    "duplicate_stem": 2,
}
EXPECTED_WRITTEN = 24 * 10 + 10 + 8 + 4 + 4 + 4 + 10
"""The sound sheets, and what is left of the planted ones."""

EXPECTED_SKIPPED = 2 + 2 + 2 + 3 + 1


def planted() -> list[PlannedSheet]:
    """14 sheets, numbers 101 on: see EXPECTED_FAULTS."""
    without_picture, other = sheet(101), sheet(102, split="val")
    without_picture.png = other.png = None
    without_label = sheet(103)
    without_label.document = None
    broken, cut = sheet(104), sheet(105)
    broken.png = b"no picture at all"
    assert cut.png
    cut.png = cut.png[: len(cut.png) // 2]
    bad, deep = sheet(106), sheet(107)
    assert bad.document
    bad.document = bad.document[:-40]
    deep.document = b"[" * 100_000
    twice = sheet(108)
    twice.copies = ["png", "json"]
    return [without_picture, other, without_label, broken, cut, bad, deep, twice, *_odd_sheets()]


def _odd_sheets() -> list[PlannedSheet]:
    """Six sheets that are read, each with a quirk."""
    good = words(109)
    texts = [*good[:8], entry(20, "", (1, 1, 9, 9)), entry(21, " ", (1, 1, 9, 9))]
    texts += [entry(22, None, (1, 1, 9, 9)), entry(23, "XXX", (1, 1, 9, 9))]
    texts += [entry(24, "xxx", (1, 1, 9, 9))]
    edges = [*good[:2], entry(30, "넘침", (-20, 5, 40, 30)), entry(31, "끝", (200, 330, 260, 360))]
    edges += [entry(32, "밖", (300, 10, 340, 40)), entry(33, "밖", (10, -40, 40, -5))]
    edges += [entry(34, "빈", (50, 50, 50, 80)), entry(35, "빈", (50, 80, 90, 80))]
    corners = [*good[:2], *(_shuffled(found) for found in good[2:4])]
    wrong = [*good[:4], {"data": "좌표", "id": 9, "x": [1, 1, None, 5], "y": [1, 2, 1, 2]}]
    made = [
        sheet(109, boxes=texts),
        sheet(110, boxes=edges),
        sheet(111, boxes=corners),
        sheet(112, boxes=wrong),
        sheet(113, "4PO", boxes=good),  # its document says free writing: that beats the name
        sheet(114, "4PR", boxes=good),  # and this one's says tablet
    ]
    made[2].document = _renamed(made[2], corners)
    for found, medium in ((made[4], 0), (made[5], 1)):
        found.document = encoded(document(found.stem, good, medium=medium))
    return made


def _shuffled(found: dict[str, Any]) -> dict[str, Any]:
    order = (3, 0, 2, 1)
    return found | {axis: [found[axis][corner] for corner in order] for axis in "xy"}


def _renamed(of: PlannedSheet, boxes: list[Any]) -> bytes:
    """The spellings of the PDF: BBox, acquisition_location; with BOM."""
    found = document(of.stem, [])
    found["BBox"] = boxes
    del found["bbox"]
    found["Images"]["acquisition_location"] = found["Images"].pop("acquistion_location")
    return encoded(found, bom=True)


def as_folders(sheets: list[PlannedSheet], root: Path) -> Path:
    """Unpacked: labels and pictures in trees of their own, nested as in the zips."""
    for found in sheets:
        part = {"train": "1.Training", "val": "2.Validation"}[found.split]
        places = ("라벨링데이터/라벨", "원천데이터")
        for kind, data, place in zip(
            ("json", "png"), (found.document, found.png), places, strict=True
        ):
            copies = [found.folder, *(["복사본"] if kind in found.copies else [])]
            for folder in copies if data is not None else []:
                target = root / "01.데이터" / part / place / folder / f"{found.stem}.{kind}"
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data or b"")
    return root


def as_zips(sheets: list[PlannedSheet], root: Path, encoding: str = "utf-8") -> Path:
    """As downloaded: TL, TS1 to TS9, VL, VS; member names in UTF-8 (flagged) or CP949."""
    archives: dict[Path, dict[str, bytes]] = {}
    for number, found in enumerate(sheets):
        train = found.split == "train"
        part = root / "01.데이터" / ("1.Training" if train else "2.Validation")
        labels = part / "라벨링데이터" / ("TL.zip" if train else "VL.zip")
        pictures = part / "원천데이터" / (f"TS{number % 9 + 1}.zip" if train else "VS.zip")
        for archive, kind, data in ((labels, "json", found.document), (pictures, "png", found.png)):
            members = archives.setdefault(archive, {})
            for folder in (found.folder, "복사본") if kind in found.copies else (found.folder,):
                if data is not None:
                    top = "라벨/" if kind == "json" else ""
                    members[f"{top}{folder}/{found.stem}.{kind}"] = data
    for archive, members in archives.items():
        archive.parent.mkdir(parents=True, exist_ok=True)
        write_zip(archive, members, encoding)
    return root


def write_zip(archive: Path, members: dict[str, bytes], encoding: str = "utf-8") -> None:
    """A zip whose member names are in `encoding`; CP949 carries no flag that says so."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            if encoding == "utf-8":
                made.writestr(name, data)
            else:
                made.writestr(_Unflagged(name.encode(encoding)), data, zipfile.ZIP_DEFLATED)


class _Unflagged(zipfile.ZipInfo):
    """A member whose name is written as these bytes, without the flag for UTF-8."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw.decode("cp437"))
        self._raw = raw

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self._raw, self.flag_bits & ~0x800


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below `folder`, by its path there."""
    return {
        str(path.relative_to(folder).as_posix()): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
