"""Guests of a run: drawings and opened pictures, shown by whatever state is on screen.

They change nothing of the run and are not recorded; a new run takes over those of the one before.
"""

from __future__ import annotations

import unicodedata
from io import BytesIO
from typing import Any

from crnn.data.dataset import Sample
from crnn.data.drawing import picture
from crnn.data.prepare import decode_gray, read_gray
from crnn.debug.guest_messages import Arrived, Draw, OpenPicture
from crnn.debug.session import Session
from crnn.debug.stage import Handler, Refused, Stage
from crnn.errors import DatasetError
from crnn.reading_page import fitting, words_of

MOST = 400
"""Guests a run has at most."""


def show(stage: Stage, session: Session, sample: int, n: int, name: str) -> None:
    """Watch this sample, the first of n that came, and say so."""
    session.watched = sample
    _look(stage, session)
    stage.outbox.put_event(Arrived(sample, n, name))


def _look(stage: Stage, session: Session) -> None:
    """A frame at once where the run stands; while it moves, the next one has the sample."""
    stage.is_surveyed = False
    if not stage.is_moving:
        stage.outbox.put_frame(stage.framer.at_once(session, stage.mode))


def _draw(stage: Stage, command: Draw) -> None:
    session = stage.open_session()
    text = unicodedata.normalize("NFC", command.text.strip())
    is_new = command.is_new or session.drawing < 0
    at = len(session.guests) if is_new else session.drawing
    _require_room(at + 1)
    drawn = Sample(f"ink {at + 1}", text, picture(command.strokes))
    session.invite((*session.guests[:at], drawn, *session.guests[at + 1 :]), at)
    session.drawing = at
    sample = session.info.data.n_own + at
    if is_new or session.watched != sample:
        show(stage, session, sample, 1, drawn.name)
    else:
        _look(stage, session)


def _open_picture(stage: Stage, command: OpenPicture) -> None:
    session = stage.open_session()
    path, data = command.path, command.data
    gray_HW = read_gray(path) if data is None else decode_gray(BytesIO(data), str(path))
    if gray_HW.size == 0:
        raise DatasetError(f"{path}: the picture has no pixels; choose another")
    spec = session.info.config.input
    words = [fitting(word.gray_HW, spec) for word in words_of(gray_HW)]
    at = len(session.guests)
    _require_room(at + len(words))
    names = [path.stem if len(words) == 1 else f"{path.stem} {k + 1}" for k in range(len(words))]
    came = [Sample(name, "", word) for name, word in zip(names, words, strict=True)]
    session.invite((*session.guests, *came), at)
    show(stage, session, session.info.data.n_own + at, len(came), path.name)


def _require_room(n: int) -> None:
    if n > MOST:
        raise Refused(f"there is room for {MOST} drawings and pictures; begin a new session")


HANDLERS: dict[type[Any], Handler] = {Draw: _draw, OpenPicture: _open_picture}
