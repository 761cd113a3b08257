"""Where data and weights come from: --data, --val and --checkpoint, in one place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from crnn import checkpoint
from crnn.config import Config, preset
from crnn.data import synth
from crnn.data.dataset import Dataset, TrainingSet, meet
from crnn.data.folder import open_folder
from crnn.errors import CheckpointError
from crnn.text.hangul import make_alphabet

BUILT_IN = {
    "embedded": synth.embedded,
    "lesson": synth.lesson,
    "words32": synth.seed_words,
}
"""Names that --data takes beside a folder: the embedded words, the lesson's 64, the seed's 32."""


def open_data(name: str, split: str = "train") -> Dataset:
    """A built-in set by name, else the folder NAME (or its `split`). Raises DatasetError."""
    if name in BUILT_IN and not Path(name).exists():
        return BUILT_IN[name]()
    return open_folder(Path(name), split)


def fitted(config: Config, dataset: Dataset) -> Config:
    """`config` with an alphabet that spells `dataset`, where its kind depends on the data."""
    kind = config.alphabet.kind
    if kind == "jamo":
        return config
    return replace(config, alphabet=make_alphabet(kind, dataset.texts))


def met(config: Config, dataset: Dataset) -> TrainingSet:
    """`dataset` as this Config trains on it."""
    return meet(
        dataset,
        spec=config.input,
        alphabet=config.alphabet,
        stride=config.stride,
        seed=config.seed,
        batch_size=config.batch,
    )


def load_weights(path: str | None) -> checkpoint.Checkpoint:
    """The checkpoint named. Raises CheckpointError, also where none is named."""
    if path is None:
        raise CheckpointError(
            "no --checkpoint is named, and this version ships no trained model; make one with "
            "`python main.py train --out RUN` and pass --checkpoint RUN/last.safetensors"
        )
    return checkpoint.load(Path(path))


def base_config(name: str) -> Config:
    """A preset by name. Raises ConfigError."""
    return preset(name)
