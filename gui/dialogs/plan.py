"""Plan: from the choices of New run to a Config and a data set, and what they give. No Qt here.

It reads every picture, so the dialog lets a thread make it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crnn.config import Cell, Config, Optimiser, preset, validate
from crnn.data.augment import Augment
from crnn.data.census import MOST_LABELS, LabelCount, looked_at, spread
from crnn.data.dataset import Dataset, Fitting, TrainingSet
from crnn.data.meeting import meet
from crnn.data.prepare import prepared_width
from crnn.data.sources import open_source
from crnn.errors import ConfigError
from crnn.model import count_parameters
from crnn.text.hangul import AlphabetKind, make_alphabet


@dataclass(frozen=True)
class Choices:
    """What stands in the fields, numbers as typed. `source` is a built-in set or a path."""

    source: str
    preset: str
    alphabet: AlphabetKind
    cell: Cell
    bidirectional: bool
    optimiser: Optimiser
    lr: str
    batch: str
    seed: str
    augment: Augment


@dataclass(frozen=True)
class Plan:
    """A run that could start now."""

    config: Config
    dataset: Dataset
    data: TrainingSet
    n_parameters: int
    labels: LabelCount
    """The labels as the alphabet meets them; of a large set, a spread of them; of a set that is
    made to fit, none."""
    n_labels: int
    frames: tuple[int, int]
    """T of the narrowest and of the widest usable sample; of a large set, of a spread of them."""

    @property
    def refused(self) -> dict[str, int]:
        """Fault kind -> count of samples that will not be trained on."""
        return dict(Counter(fault.kind for fault in self.data.faults))


def config_of(choices: Choices, texts: Sequence[str]) -> Config:
    """Raises ConfigError naming the field that is wrong. `texts` feed the syllable alphabet."""
    alphabet = make_alphabet(choices.alphabet, texts)
    return validate(
        replace(
            preset(choices.preset, alphabet),
            cell=choices.cell,
            bidirectional=choices.bidirectional,
            optimiser=choices.optimiser,
            lr=_number("lr", choices.lr),
            batch=_integer("batch", choices.batch),
            seed=_integer("seed", choices.seed),
            augment=choices.augment,
        )
    )


def plan(choices: Choices) -> Plan:
    """Raises ConfigError or DatasetError, whose message is shown in the dialog."""
    dataset = open_source(choices.source)
    config = config_of(choices, dataset.texts)
    data = meet(
        dataset,
        spec=config.input,
        alphabet=config.alphabet,
        stride=config.stride,
        seed=config.seed,
        batch_size=config.batch,
        augment=config.augment,
    )
    shapes = (dataset.sample(k).gray_HW.shape for k in looked_at(dataset, data.usable))
    widths = [prepared_width(shape, config.input) for shape in shapes]
    labels, n_labels = _labels(data)
    return Plan(
        config,
        dataset,
        data,
        count_parameters(config),
        labels,
        n_labels,
        (config.n_frames(min(widths)), config.n_frames(max(widths))),
    )


def _labels(data: TrainingSet) -> tuple[LabelCount, int]:
    """Labels counted by the alphabet, and how many were looked at."""
    count, dataset = LabelCount(data.alphabet), data.dataset
    if isinstance(dataset, Fitting) and dataset.fits(data.spec, data.alphabet, data.stride):
        return count, 0
    places = spread(len(dataset), MOST_LABELS)
    for index in places:
        count.add(dataset.texts[index])
    return count, len(places)


def _number(field: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ConfigError(f"{field} is {text!r}; allowed: a number like 0.003") from error


def _integer(field: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 18:
        raise ConfigError(f"{field} is {text!r}; allowed: a whole number")
    return int(text)
