"""Zips read in place: what is in them, and one member's bytes, bounded whatever the zip claims.

A member is a small value (archive, offset, sizes), so any process reads it without opening the
zip's directory again. Nothing is ever extracted by a name found in a zip.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from crnn.errors import DatasetError

CHUNK = 1 << 20

_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True, slots=True)
class Packed:
    """Where a member's bytes are. `name` is decoded; `flags` and `method` as in the zip."""

    name: str
    offset: int
    packed_bytes: int
    bytes: int
    crc: int
    flags: int
    method: int


def listed(archive: Path) -> Iterator[Packed]:
    """Every file in `archive`. Raises DatasetError where it is no whole zip."""
    try:
        with zipfile.ZipFile(archive) as opened:
            members = opened.infolist()
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        raise DatasetError(
            f"{archive}: not a whole zip ({error}); download it again, or unpack it"
        ) from error
    members.reverse()
    while members:
        info = members.pop()  # so that the list shrinks while it is read
        if not info.is_dir():
            yield Packed(
                member_name(info),
                info.header_offset,
                info.compress_size,
                info.file_size,
                info.CRC,
                info.flag_bits,
                info.compress_type,
            )


def member_name(info: zipfile.ZipInfo) -> str:
    """The name as its writer meant it: UTF-8 where flagged or valid as such, else CP949."""
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        raw = name.encode("cp437", "surrogateescape")
        for encoding in ("utf-8", "cp949"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def read_packed(archive: Path, member: Packed, limit_bytes: int) -> bytes:
    """The bytes of `member`. Raises DatasetError: too large, encrypted, cut, or of another sum."""
    where = f"{archive}: {member.name}"
    if member.flags & 1:
        raise DatasetError(f"{where} is encrypted; unpack the zip with its password")
    if member.method not in _READABLE:
        raise DatasetError(f"{where} is packed by method {member.method}; unpack the zip")
    if max(member.bytes, member.packed_bytes) > limit_bytes:
        raise DatasetError(
            f"{where} unpacks to {member.bytes:,} bytes; at most {limit_bytes:,} are read"
        )
    try:
        with archive.open("rb") as file:
            _seek(file, member, where)
            packed = file.read(member.packed_bytes)
        data = packed if member.method == zipfile.ZIP_STORED else _inflated(packed, member.bytes)
    except (OSError, struct.error, zlib.error) as error:
        raise DatasetError(f"{where} cannot be unpacked ({error}); download it again") from error
    if len(data) != member.bytes or zlib.crc32(data) != member.crc:
        raise DatasetError(f"{where} is damaged (its check sum differs); download it again")
    return data


def stream_packed(archive: Path, member: Packed) -> Iterator[bytes]:
    """The bytes of `member` in pieces of at most CHUNK. Raises DatasetError as read_packed does,
    but for the check sum."""
    where = f"{archive}: {member.name}"
    if member.flags & 1 or member.method not in _READABLE:
        raise DatasetError(f"{where} is encrypted or packed in a rare way; unpack the zip")
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        with archive.open("rb") as file:
            _seek(file, member, where)
            left = member.packed_bytes
            while left and (packed := file.read(min(CHUNK, left))):
                left -= len(packed)
                if member.method == zipfile.ZIP_STORED:
                    yield packed
                while packed and member.method != zipfile.ZIP_STORED and not inflate.eof:
                    yield inflate.decompress(packed, CHUNK)
                    packed = inflate.unconsumed_tail
    except (OSError, struct.error, zlib.error) as error:
        raise DatasetError(f"{where} cannot be unpacked ({error}); download it again") from error


def _seek(file: BinaryIO, member: Packed, where: str) -> None:
    """To the first byte of the member's data, which its local header alone knows."""
    file.seek(member.offset)
    head = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    if head[0] != b"PK\x03\x04":
        raise DatasetError(f"{where} is not where the zip's directory says; pack it again")
    file.seek(head[-2] + head[-1], 1)


def _inflated(packed: bytes, size: int) -> bytes:
    """At most one byte more than `size`, which is how a bomb is told without setting it off."""
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, size + 1)
