"""Carried samples: a data set beside a run or a test, as plain bytes.

    samples.json   names, texts, shapes and the fingerprint, in order
    pixels.bin     the gray pixels, row by row, one picture after the other

One idea: what was trained on is the same only where every pixel is, so the set is read back exactly
and proven by its fingerprint. Nothing in it is code.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from crnn.arrays import frozen
from crnn.data.dataset import Dataset, MemoryDataset, Sample
from crnn.data.sources import BUILT_IN
from crnn.errors import DatasetError

SAMPLES, PIXELS = "samples.json", "pixels.bin"
SMALL_BYTES = 64 << 20
"""Sets up to this many bytes of pixels travel with a run by themselves."""
_PROBES = 300


def is_folder(source: str) -> bool:
    """Whether `source` names files of the user's: such data may not be theirs to pass on."""
    base = source.partition("#")[0].partition("!")[0]
    return bool(base) and base not in BUILT_IN and not base.startswith("synth:")


def is_made_anew(source: str) -> bool:
    """Whether every machine draws the set by itself."""
    return source.startswith("synth:")


def n_bytes(dataset: Dataset) -> int:
    """Bytes of all pixels; of a large set, by some of its pictures. Raises DatasetError where one
    cannot be read."""
    stride = max(1, len(dataset) // _PROBES)
    probed = range(0, len(dataset), stride)
    found = sum(dataset.sample(index).gray_HW.nbytes for index in probed)
    return found * len(dataset) // max(1, len(probed))


def write(directory: Path, dataset: Dataset, told: Callable[[int], None] = lambda _: None) -> None:
    """Put all of `dataset` into `directory`; `told` hears the bytes of each picture. Raises OSError
    and DatasetError, and whatever `told` raises."""
    directory.mkdir(parents=True, exist_ok=True)
    listed = []
    with (directory / PIXELS).open("wb") as file:
        for index in range(len(dataset)):
            sample = dataset.sample(index)
            listed.append([sample.name, sample.text, *sample.gray_HW.shape])
            file.write(np.ascontiguousarray(sample.gray_HW).tobytes())
            told(sample.gray_HW.nbytes)
    table = {"name": dataset.name, "fingerprint": dataset.fingerprint, "samples": listed}
    (directory / SAMPLES).write_text(json.dumps(table, ensure_ascii=False), encoding="utf-8")


def read(directory: Path) -> MemoryDataset | None:
    """The set in `directory`; None where there is none. Raises DatasetError where it is damaged."""
    if not (directory / SAMPLES).is_file():
        return None
    try:
        table = json.loads((directory / SAMPLES).read_text(encoding="utf-8"))
        pixels = frozen(np.fromfile(directory / PIXELS, np.uint8))
        samples, at = [], 0
        for name, text, height, width in table["samples"]:
            end = at + int(height) * int(width)
            gray_HW = pixels[at:end].reshape(int(height), int(width))
            samples.append(Sample(str(name), str(text), gray_HW))
            at = end
        found = MemoryDataset(str(table["name"]), samples)
        if found.fingerprint == table["fingerprint"]:
            return found
    except (OSError, ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
        raise DatasetError(f"{directory}: damaged ({error}); take another copy") from error
    raise DatasetError(f"{directory}: its pixels are not those it speaks of; take another copy")
