"""Hostile and broken input to the import: a clear fault each, nothing written outside OUT."""

from __future__ import annotations

import struct
import tracemalloc
import zipfile
import zlib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from crnn.data.aihub import archives, members, one_sheet
from crnn.data.aihub.importing import import_sheets
from crnn.data.aihub.pages import MAX_WIDTH
from crnn.data.aihub.report import ImportOptions, ImportReport
from crnn.errors import DatasetError
from tests import aihub_tree
from tests.aihub_tree import encoded, write_zip


def _import(tmp_path: Path, **options: object) -> ImportReport:
    return import_sheets(ImportOptions(tmp_path / "source", tmp_path / "out", **options))  # type: ignore[arg-type]


def _zip(tmp_path: Path, found: dict[str, bytes], name: str = "VS.zip") -> Path:
    (tmp_path / "source").mkdir(exist_ok=True)
    write_zip(tmp_path / "source" / name, found)
    return tmp_path / "source" / name


def _sound(number: int = 1) -> dict[str, bytes]:
    sheet = aihub_tree.sheet(number)
    assert sheet.document
    assert sheet.png
    return {f"{sheet.stem}.json": sheet.document, f"{sheet.stem}.png": sheet.png}


@pytest.mark.parametrize(
    "prefix", ["../../../", "/etc/", "C:\\Windows\\", "..\\..\\", "a/../../b/", "\\\\host\\share\\"]
)
def test_member_names_lead_nowhere(tmp_path: Path, prefix: str) -> None:
    _zip(tmp_path, {f"{prefix}{name}": data for name, data in _sound().items()})
    report = _import(tmp_path)
    assert (report.written, report.counts) == (10, {})
    assert {path.name for path in tmp_path.iterdir()} == {"source", "out"}
    assert len(list((tmp_path / "out/val/images").iterdir())) == 10


@pytest.mark.parametrize("stem", ["..", "CON:a", "a\x00b", "가" * 300, "%2e", "x" * 500, "a|b?*"])
def test_any_stem_becomes_a_plain_file_name(stem: str) -> None:
    name = one_sheet.crop_name(stem, 7)
    assert name.endswith("_bbox_007")
    assert len(name.encode()) < 200
    assert not set(name) & set('<>:"/\\|?*\x00')
    assert not name.startswith(".")


def test_stems_that_were_escaped_stay_apart() -> None:
    stems = ["a:b", "a%3Ab", "a_b", "가" * 300, "가" * 301]
    assert len({one_sheet.crop_name(stem, 0) for stem in stems}) == len(stems)


def test_a_bomb_is_told_without_being_set_off(tmp_path: Path) -> None:
    found = _sound()
    found["bomb_4PR_.json"] = b" " * (members.MAX_LABEL_BYTES + 1)
    found["bomb_4PR_.png"] = b"x"
    _zip(tmp_path, found)
    del found
    tracemalloc.start()
    report = _import(tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.counts == {"bad_json": 1}
    assert "at most 33,554,432 are read" in report.faults[0].value
    assert peak < 16 * 2**20


def test_a_member_that_unpacks_to_more_than_it_says_is_stopped_there(tmp_path: Path) -> None:
    archive = _zip(tmp_path, {"a.json": b" " * 50_000_000})
    data = bytearray(archive.read_bytes())
    size = struct.pack("<I", 50_000_000)
    while (at := data.find(size)) >= 0:
        data[at : at + 4] = struct.pack("<I", 1000)
    archive.write_bytes(data)
    (packed,) = archives.listed(archive)
    tracemalloc.start()
    with pytest.raises(DatasetError, match="check sum differs"):
        archives.read_packed(archive, packed, 1 << 20)
    assert tracemalloc.get_traced_memory()[1] < 4 << 20
    tracemalloc.stop()


def test_a_picture_of_too_many_pixels_is_unreadable(tmp_path: Path) -> None:
    found = _sound()
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + head
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(head)) + chunk
    png += struct.pack(">I", zlib.crc32(chunk)) + struct.pack(">I", 10) + b"IDAT"
    found["IMG_OCR_53_4PR_00001.png"] = png
    _zip(tmp_path, found)
    report = _import(tmp_path)
    assert report.counts == {"unreadable_image": 1}
    assert "too many pixels" in report.faults[0].value


def test_damaged_members_are_faults_and_the_rest_goes_on(tmp_path: Path) -> None:
    archive = _zip(tmp_path, _sound(1) | _sound(2))
    packed = {found.name: found for found in archives.listed(archive)}
    data = bytearray(archive.read_bytes())
    hurt = packed["IMG_OCR_53_4PR_00001.png"]
    data[hurt.offset + 200] ^= 0xFF
    archive.write_bytes(data)
    report = _import(tmp_path)
    assert (report.written, report.counts) == (10, {"unreadable_image": 1})
    assert "damaged" in report.faults[0].value or "unpacked" in report.faults[0].value


def test_a_zip_that_is_half_there_is_a_fault_of_its_own(tmp_path: Path) -> None:
    _zip(tmp_path, _sound())
    archive = _zip(tmp_path, _sound(2), "TS1.zip")
    archive.write_bytes(archive.read_bytes()[:-300])
    report = _import(tmp_path)
    assert (report.written, report.counts) == (10, {"unreadable_archive": 1})
    assert report.faults[0].file == "TS1.zip"


def test_a_zip_in_a_zip_is_named_not_opened(tmp_path: Path) -> None:
    _zip(tmp_path, _sound() | {"TS1.zip": b"PK"})
    assert _import(tmp_path).counts == {"unreadable_archive": 1}


def test_encrypted_and_rare_packing_say_what_to_do(tmp_path: Path) -> None:
    archive = _zip(tmp_path, {"a.png": b"x"})
    (packed,) = archives.listed(archive)
    for changes, cause in (({"flags": 1}, "encrypted"), ({"method": 9}, "method 9")):
        fields = {name: getattr(packed, name) for name in packed.__slots__} | changes
        with pytest.raises(DatasetError, match=cause):
            archives.read_packed(archive, archives.Packed(**fields), 1 << 20)


def test_bzip2_is_named_as_a_fault(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    with zipfile.ZipFile(tmp_path / "source/VS.zip", "w", zipfile.ZIP_BZIP2) as made:
        for name, data in _sound().items():
            made.writestr(name, data)
    report = _import(tmp_path)
    assert report.counts == {"bad_json": 1}
    assert "unpack the zip" in report.faults[0].value


@pytest.mark.parametrize(
    "document",
    [b"", b"\xff\xfe\x00", b"{" * 50_000, b'{"bbox": 1}', b'{"bbox": [' + b"9" * 5000 + b"]}"],
)
def test_a_hostile_document_is_bad_json(tmp_path: Path, document: bytes) -> None:
    _zip(tmp_path, _sound(1) | _sound(2) | {"IMG_OCR_53_4PR_00002.json": document})
    report = _import(tmp_path)
    assert (report.written, report.counts) == (10, {"bad_json": 1})


def test_a_line_of_one_pixel_is_too_wide_not_a_giant_crop(tmp_path: Path) -> None:
    found = _sound()
    entries = [
        aihub_tree.entry(1, "선", (0, 5, 1000, 6)),
        aihub_tree.entry(2, "글", (0, 0, 40, 20)),
    ]
    page = Image.fromarray(np.full((20, 1000), 200, np.uint8))
    found["IMG_OCR_53_4PR_00001.json"] = encoded(
        aihub_tree.document("IMG_OCR_53_4PR_00001", entries)
    )
    found["IMG_OCR_53_4PR_00001.png"] = aihub_tree.png(page)
    _zip(tmp_path, found)
    report = _import(tmp_path, shape="height")
    assert MAX_WIDTH < 1000 * 32
    assert (report.written, report.counts) == (1, {"too_wide": 1})


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    folder = tmp_path / "source" / "inner"
    folder.mkdir(parents=True)
    for name, data in _sound().items():
        (folder / name).write_bytes(data)
    (folder / "up").symlink_to(tmp_path / "source", target_is_directory=True)
    report = _import(tmp_path)
    assert (report.written, report.counts) == (10, {})


def test_a_full_disk_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _zip(tmp_path, _sound())

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(DatasetError, match=r"No space left .* make room"):
        _import(tmp_path)


def test_what_a_mac_adds_is_not_data(tmp_path: Path) -> None:
    found = _sound()
    _zip(tmp_path, found | {f"__MACOSX/._{name}": b"x" for name in found} | {"._x.json": b"x"})
    assert _import(tmp_path).counts == {}


def _peak_bytes(source: Path, out: Path) -> int:
    """What an import of `source` allocates at most in Python, in bytes."""
    tracemalloc.start()
    import_sheets(ImportOptions(source, out, workers=1))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_the_number_of_sheets(tmp_path: Path) -> None:
    """In a process of its own, where nothing else allocates; tests/benchmarks/import_memory.py
    measures more sheets and all memory."""
    peaks = []
    with ProcessPoolExecutor(1, get_context("spawn")) as alone:
        for count in (10, 120):
            sheets = [aihub_tree.sheet(number) for number in range(1, count + 1)]
            source = aihub_tree.as_zips(sheets, tmp_path / f"source-{count}")
            peaks.append(alone.submit(_peak_bytes, source, tmp_path / f"out-{count}").result())
    assert peaks[1] < peaks[0] + 2**18
