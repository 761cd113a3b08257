"""Pairs of label and picture by stem, for sources of any size.

The lists of files live in a private temporary database that spills to disk by itself, so memory
does not grow with the source. Stems are compared in NFC and without case, since what they name is
written to file systems that may do both.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import PurePosixPath
from typing import Any

from crnn.data.aihub.choice import Choice
from crnn.data.aihub.collection import elements
from crnn.data.aihub.faults import ImportFault
from crnn.data.aihub.members import Member, Split, printable
from crnn.errors import DatasetError

_TABLES = """
create table file (key text, role text, shown text, split text, value blob);
create table picture (id text, name text, json text);
create table word (id text, json text);
create table fault (kind text, file text, value text);
create table finished (key text primary key);
"""


@dataclass(frozen=True, slots=True)
class Inline:
    """A label cut out of a collection: the document of one picture."""

    shown: str
    stem: str
    split: Split | None
    document: bytes

    def read(self) -> bytes:
        return self.document


@dataclass(frozen=True, slots=True)
class Pair:
    """What belongs to one stem; one of the two may be missing."""

    stem: str
    label: Member | Inline | None
    picture: Member | None

    @property
    def split(self) -> Split | None:
        """The official one: the label's, else the picture's."""
        by_label = self.label.split if self.label else None
        return by_label or (self.picture.split if self.picture else None)


class Index:
    """Add every member, then `seal`, then ask. Close it at the end."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("")
        self._rows.executescript(_TABLES)

    def close(self) -> None:
        self._rows.close()

    def add(self, member: Member) -> None:
        if member.role == "collection":
            self._add_collection(member)
        else:
            self._add(member, member.role)

    def add_fault(self, fault: ImportFault) -> None:
        self._rows.execute(
            "insert into fault values (?, ?, ?)", (fault.kind, fault.file, fault.value)
        )

    def faults(self) -> Iterator[ImportFault]:
        """All faults added, by file."""
        for row in self._rows.execute("select * from fault order by file, kind, value, rowid"):
            yield ImportFault(*row)

    def seal(self) -> None:
        """Nothing more comes: sort, and report every second file of a stem and role."""
        self._rows.execute("create index by_key on file (key, role, shown)")
        for key, role, first in self._rows.execute(
            "select key, role, min(shown) from file group by key, role having count(*) > 1"
        ):
            asked = "select shown from file where key = ? and role = ? order by shown"
            rows = self._rows.execute(asked, (key, role))
            for (shown,) in islice(rows, 1, None):
                self.add_fault(ImportFault("duplicate_stem", shown, f"{first} is read instead"))

    def count(self, role: str) -> int:
        """Stems that have a file of this role: "label" or "picture"."""
        asked = "select count(distinct key) from file where role = ?"
        return int(self._rows.execute(asked, (role,)).fetchone()[0])

    def leave_out(self, stem: str) -> None:
        """This stem is finished; `pairs` leaves it out."""
        self._rows.execute("insert or ignore into finished values (?)", (stem.casefold(),))

    def n_stems(self) -> int:
        return int(self._rows.execute("select count(distinct key) from file").fetchone()[0])

    def n_todo(self) -> int:
        """Stems that `pairs` will give."""
        asked = "select count(distinct key) from file where key not in finished"
        return int(self._rows.execute(asked).fetchone()[0])

    def pairs(self) -> Iterator[Pair]:
        """Every stem once, sorted, but for those left out."""
        rows = self._rows.execute(
            "select key, role, value from file where key not in finished order by key, role, shown"
        )
        for _, group in groupby(rows, key=lambda row: row[0]):
            first: dict[str, Any] = {}
            for _, role, value in group:
                if role not in first:
                    first[role] = pickle.loads(value)  # written by this process a moment ago
            stem = next(iter(first.values())).stem
            yield Pair(stem, first.get("label"), first.get("picture"))

    def own_split(self, choice: Choice, share: float) -> str:
        """The `place` below which a whole sheet goes to val, so that about `share` of them do.

        One at least does, where there are two. Only sheets count that have both files and that
        their names do not rule out.
        """
        self._rows.execute("create temp table place (place text)")
        rows = self._rows.execute(
            "select distinct key from file where role = 'label' intersect "
            "select distinct key from file where role = 'picture'"
        )
        for (key,) in rows:
            if choice.wants(key):
                self._rows.execute("insert into place values (?)", (place(key),))
        (n,) = self._rows.execute("select count(*) from place").fetchone()
        asked = "select place from place order by place limit 1 offset ?"
        above = self._rows.execute(asked, (max(1, round(share * n)),)).fetchone()
        return str(above[0]) if above else ""

    def _add(self, member: Member | Inline, role: str) -> None:
        row = (member.stem.casefold(), role, member.shown, member.split, pickle.dumps(member))
        self._rows.execute("insert into file values (?, ?, ?, ?, ?)", row)

    def _add_collection(self, member: Member) -> None:
        self._rows.execute("delete from picture")
        self._rows.execute("delete from word")
        try:
            for key, element in elements(member.stream()):
                self._add_element(member, key, element)
        except (ValueError, DatasetError) as error:
            self.add_fault(ImportFault("bad_json", member.shown, str(error)))
        self._rows.execute("create index if not exists by_id on word (id)")
        self._add_orphans(member)
        rows = self._rows.execute(
            "select p.rowid, p.name, p.json, w.json from picture p join word w on w.id = p.id "
            "order by p.rowid, w.rowid"
        )
        for _, group in groupby(rows, key=lambda row: row[0]):
            words = list(group)
            self._add(_inline(member, words[0][1], words[0][2], [w[3] for w in words]), "label")

    def _add_element(self, member: Member, key: str, element: Any) -> None:
        if key not in ("images", "annotations"):
            return
        named = "id" if key == "images" else "image_id"
        if not isinstance(element, dict) or not isinstance(element.get(named), str | int):
            found = json.dumps(element, ensure_ascii=False)[:80]
            self.add_fault(ImportFault("bad_json", member.shown, f"{key}: no {named} in {found}"))
            return
        text = json.dumps(element, ensure_ascii=True)
        if key == "images":
            name = printable(str(element.get("file_name") or element["id"]))
            self._rows.execute(
                "insert into picture values (?, ?, ?)", (printable(str(element["id"])), name, text)
            )
        else:
            self._rows.execute(
                "insert into word values (?, ?)", (printable(str(element["image_id"])), text)
            )

    def _add_orphans(self, member: Member) -> None:
        rows = self._rows.execute(
            "select id, json from word where id not in (select id from picture)"
        )
        for name, text in rows:
            detail = f"annotation of picture {name}, which images[] has not got: {text[:80]}"
            self.add_fault(ImportFault("missing_image", member.shown, detail))


def place(key: str) -> str:
    """Where a sheet or writer stands in a fixed, arbitrary order."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _inline(member: Member, name: str, picture: str, words: list[str]) -> Inline:
    document = f'{{"images": [{picture}], "annotations": [{", ".join(words)}]}}'
    path = PurePosixPath(name.replace("\\", "/"))
    stem = path.stem if path.suffix else path.name
    shown = f"{member.shown}#{name}"
    return Inline(shown, stem, member.split, document.encode())
