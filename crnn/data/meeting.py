"""Meeting: which samples a spec, an alphabet and a stride can train on, and why others cannot be
used. Nothing is dropped in silence: each of those is a Fault with its kind and detail.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from crnn.data.augment import Augment
from crnn.data.dataset import Dataset, Derived, Fault, FaultKind, Fitting, TrainingSet
from crnn.data.picture import require_label
from crnn.data.prepare import InputSpec, prepared_width
from crnn.errors import AlphabetError, DatasetError
from crnn.text.hangul import Alphabet, min_frames


def meet(
    dataset: Dataset,
    *,
    spec: InputSpec,
    alphabet: Alphabet,
    stride: int,
    seed: int,
    batch_size: int,
    augment: Augment = "none",
    alike: int = 1,
) -> TrainingSet:
    """Judge every sample of `dataset`: usable, or a Fault. Reads every picture once, but for a set
    that is made to fit.

    Raises DatasetError, with the counts, where no sample is usable.
    """
    require_label(dataset)
    if isinstance(dataset, Derived):
        return dataset.over(
            meet(
                dataset.base,
                spec=spec,
                alphabet=alphabet,
                stride=stride,
                seed=seed,
                batch_size=batch_size,
                augment=augment,
                alike=alike,
            )
        )
    usable, faults = _judged(dataset, spec, alphabet, stride)
    return TrainingSet(
        *(dataset, spec, alphabet, stride, seed, batch_size),
        *(usable, faults, augment, alike),
    )


def _judged(
    dataset: Dataset, spec: InputSpec, alphabet: Alphabet, stride: int
) -> tuple[Sequence[int], tuple[Fault, ...]]:
    """The usable samples, and what is wrong with the others."""
    if isinstance(dataset, Fitting) and dataset.fits(spec, alphabet, stride):
        return range(len(dataset)), dataset.faults
    usable: list[int] = []
    faults = list(dataset.faults)
    for index in range(len(dataset)):
        fault = _judge(dataset, index, spec, alphabet, stride)
        if fault is None:
            usable.append(index)
        else:
            faults.append(fault)
    if not usable:
        raise DatasetError(_nothing_usable(dataset.name, faults))
    return tuple(usable), tuple(faults)


def _judge(
    dataset: Dataset, index: int, spec: InputSpec, alphabet: Alphabet, stride: int
) -> Fault | None:
    text = dataset.texts[index]
    try:
        sample = dataset.sample(index)
    except DatasetError as error:
        return Fault(index, text or f"#{index}", "unreadable_image", str(error))
    found = misfit(text, sample.gray_HW.shape, spec, alphabet, stride)
    return Fault(index, sample.name, *found) if found else None


def misfit(
    text: str, shape_HW: tuple[int, ...], spec: InputSpec, alphabet: Alphabet, stride: int
) -> tuple[FaultKind, str] | None:
    """Why a picture of this shape with this text cannot be trained on, kind and detail; or None."""
    if not text:
        return "empty_text", "the label is empty"
    try:
        needed = min_frames(alphabet.encode(text))
    except AlphabetError as error:
        return "not_in_alphabet", str(error)
    width = prepared_width(shape_HW, spec)
    if width > spec.max_width:
        detail = f"{width} columns at height {spec.height}; at most {spec.max_width} are allowed"
        return "too_wide", detail
    frames = -(-width // stride)
    if needed > frames:
        return "too_long", f"{text} needs {needed} timesteps; a picture {width} wide has {frames}"
    return None


def _nothing_usable(name: str, faults: list[Fault]) -> str:
    if not faults:
        return f"{name} holds no samples; choose another folder"
    counts = Counter(fault.kind for fault in faults)
    listed = ", ".join(f"{kind} {count:,}" for kind, count in sorted(counts.items()))
    return (
        f"no sample of {name} is usable ({listed}). The first, {faults[0].name}: "
        f"{faults[0].detail}. Change the data, the alphabet or the preset"
    )
