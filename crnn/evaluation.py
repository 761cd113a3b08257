"""Evaluation in pieces: a data set read a few pictures at a time, for whoever has other things to
do in between. `python main.py eval` reads all at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from crnn.arrays import F32, Params
from crnn.config import Config
from crnn.data.dataset import Dataset
from crnn.data.prepare import prepare
from crnn.errors import DatasetError
from crnn.reading import BATCH, read
from crnn.text.score import Score, edit_distance, score


class Row(NamedTuple):
    """One picture by its place in the set: what it says, what was read, the edits between."""

    place: int
    name: str
    truth: str
    output: str
    confidence: float
    edits: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`rows` worst first: most edits, then least sure. `unread`: (name, why) of what could not be
    read. `n` pictures were to be read; fewer are here where it was stopped."""

    name: str
    step: int
    n: int
    rows: tuple[Row, ...]
    unread: tuple[tuple[str, str], ...]
    score: Score | None


def rows_of(
    config: Config, params: Params, statistics: Params, dataset: Dataset
) -> Iterator[tuple[list[Row], list[tuple[str, str]]]]:
    """Rows of the next pictures, and those that cannot be read, until all had their turn."""
    for start in range(0, len(dataset), BATCH):
        pictures: list[F32] = []
        names: list[tuple[int, str, str]] = []
        unread = []
        for index in range(start, min(start + BATCH, len(dataset))):
            try:
                sample = dataset.sample(index)
                pictures.append(prepare(sample.gray_HW, config.input))
                names.append((index, sample.name, sample.text))
            except DatasetError as error:
                unread.append((dataset.texts[index], str(error)))
        rows = []
        for reading in read(config, params, pictures, statistics=statistics):
            index, name, truth = names[reading.index]
            edits = edit_distance(reading.text, truth)
            rows.append(Row(index, name, truth, reading.text, reading.confidence, edits))
        yield rows, unread


def evaluation(
    name: str, step: int, n: int, rows: list[Row], unread: list[tuple[str, str]]
) -> Evaluation:
    """The whole of it, worst first."""
    ranked = sorted(rows, key=lambda row: (-row.edits, row.confidence, row.place))
    rates = score([(row.output, row.truth) for row in ranked]) if ranked else None
    return Evaluation(name, step, n, tuple(ranked), tuple(unread), rates)
