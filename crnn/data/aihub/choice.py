"""Which sheets are wanted: medium and content, by the document's numeric codes.

media_type 0 paper, 1 tablet, 2 other; written_content 0 form, 1 free writing, 2 other. A filter
applies only where its field exists. Where a document lacks the field, the file name's code decides
(`_4PR_`: paper, free; T tablet, O form); where there is no such code either, the sheet is kept. The
document beats the name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Media = Literal["paper", "tablet", "any"]
Content = Literal["free", "form", "any"]

_MEDIA = {"paper": 0, "tablet": 1}
_CONTENT = {"form": 0, "free": 1}
_NAME_CODE = re.compile(r"_\d([PT])([RO])(?=_|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is wanted of the two; "any" wants all."""

    media: Media = "paper"
    content: Content = "free"

    def wants(self, stem: str, media: int | None = None, content: int | None = None) -> bool:
        """Whether a sheet with these codes (None: not in its document) is to be read."""
        named = name_codes(stem)
        return _agrees(_MEDIA.get(self.media), media, named[0]) and _agrees(
            _CONTENT.get(self.content), content, named[1]
        )


def name_codes(stem: str) -> tuple[int | None, int | None]:
    """(media_type, written_content) that a 605 file name states, e.g. by `_4PR_`."""
    found = _NAME_CODE.search(stem)
    if found is None:
        return None, None
    medium, content = found.group(1).upper(), found.group(2).upper()
    return {"P": 0, "T": 1}[medium], {"O": 0, "R": 1}[content]


def disagrees(stem: str, media: int | None, content: int | None) -> bool:
    """Whether the document and the file name both state a code, and another one."""
    pairs = zip((media, content), name_codes(stem), strict=True)
    return any(a is not None and b is not None and a != b for a, b in pairs)


def _agrees(wanted: int | None, stated: int | None, named: int | None) -> bool:
    found = named if stated is None else stated
    return wanted is None or found is None or found == wanted
