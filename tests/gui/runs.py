"""A run without an engine: a small data set of drawn bars, its reports, and whole frames of it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from crnn.arrays import frozen
from crnn.config import Config, preset
from crnn.data.dataset import MemoryDataset, Sample, TrainingSet
from crnn.data.meeting import meet
from crnn.debug.messages import Frame, OpHealth, RunInfo, Survey
from crnn.debug.reports import Reports
from crnn.train import StepReport

WORDS = ("대구광역시", "서울", "값없이", "붉", "괜찮아", "전라북도", "안녕하세요", "읽는다")


@lru_cache(maxsize=4)
def fake_data(n: int = 64, n_too_long: int = 2) -> tuple[Config, TrainingSet]:
    """n pictures of random bars whose labels are common words; the last few do not fit."""
    config = preset("lesson")
    draw = np.random.default_rng(3)
    samples = []
    for index in range(n):
        is_long = index >= n - n_too_long
        text = WORDS[index % len(WORDS)] * (6 if is_long else 1)
        gray_HW = np.full((32, 32 if is_long else 16 + 24 * len(text)), 255, np.uint8)
        for x in range(4, gray_HW.shape[1] - 4, 6):
            top = int(draw.integers(2, 14))
            gray_HW[top : top + int(draw.integers(6, 16)), x : x + 3] = 0
        samples.append(Sample(f"w{index:04d}", text, gray_HW))
    data = meet(
        MemoryDataset("bars", samples), spec=config.input, alphabet=config.alphabet,
        stride=config.stride, seed=7, batch_size=16,
    )  # fmt: skip
    return config, data


def fake_reports(n: int, first_step: int = 0) -> Reports:
    """A loss that falls from 26 with noise and one bump, CER after it, blank that rises."""
    reports = Reports(first_step, 1)
    draw = np.random.default_rng(4)
    rows = np.zeros(n, reports.dtype)
    at = np.arange(n) / max(1, n)
    bump = 1 + 2 * np.exp(-(((at - 0.45) / 0.02) ** 2))
    rows["step"] = first_step + np.arange(n)
    rows["loss_nats"] = (25 * np.exp(-6 * at) + 0.3) * bump * np.exp(draw.normal(0, 0.25, n))
    rows["cer"] = np.clip(1.02 - 1.1 * at + draw.normal(0, 0.04, n), 0, None)
    rows["p_blank"] = np.clip(0.2 + 8 * at, 0, 0.95) + draw.normal(0, 0.01, n)
    rows["lr"], rows["grad_norm"], rows["n_samples"] = 3e-3, 1.0, 16
    reports.extend(rows)
    return reports


def fake_report(step: int) -> StepReport:
    """One more row for `fake_reports`."""
    return StepReport(step, 1.5, 0.3, 0.5, 0.9, 1.0, 3e-3, 16, 3, 0.02, np.zeros(1, np.uint64))


def fake_survey(data: TrainingSet, step: int, n_known: int | None = None) -> Survey:
    """Losses spread over the set; every third reading has a wrong first letter."""
    texts = data.dataset.texts
    n = len(texts)
    known = n if n_known is None else n_known
    loss = np.random.default_rng(step).permutation(n).astype(np.float64) / 20
    loss[known:] = np.nan
    reading = tuple(
        "" if i >= known else ("갑" + text[1:] if i % 3 == 0 else text)
        for i, text in enumerate(texts)
    )
    at = np.where(np.arange(n) < known, step, -1)
    return Survey(frozen(loss), reading, frozen(at.astype(np.int64)))


HEALTH = (
    OpHealth("conv1", "16×16×64", "ok", "ok", "ok", ()),
    OpHealth("conv2", "32×8×32", "ok", "warn", "ok", ("31 % of channels never fire",)),
    OpHealth("conv3", "48×4×32", "ok", "ok", "ok", ()),
    OpHealth("conv4", "64×2×32", "ok", "ok", "ok", ()),
    OpHealth("rnn1", "32×128", "ok", "ok", "ok", ()),
    OpHealth("linear", "32×163", "ok", "ok", "ok", ()),
    OpHealth("softmax", "32×163", "ok", "none", "none", ()),
    OpHealth("ctc", "25×32", "ok", "none", "bad", ("2 samples do not fit T",)),
)


def fake_frame(
    *, step: int = 4_812, head: int = 5_000, n: int = 64, n_known: int | None = None
) -> Frame:
    """The frame of `step` of a run of `head` steps: past where step < head, else paused."""
    config, data = fake_data(n)
    return Frame(
        generation=1, mode="past" if step < head else "paused",
        run=RunInfo(1, "bars", config, data, 652_318, 0, ""),
        step=step, head=head, trace=None, batch_ids=data.ids(step),
        survey=fake_survey(data, step, n_known),
        reports=fake_reports(head), n_reports=head,
        key_steps=tuple(range(0, head + 1, max(1, head // 40))),
        milestones=tuple(
            (round(head * at), kind)
            for at, kind in ((0.13, "first_letter"), (0.24, "first_word"), (0.9, "all_right"))
        ),
        edits=((round(head * 0.6), 1e-3),), health=HEALTH, lr=1e-3,
        samples_per_s=214.0, watch_cost=0.008, n_checked=0,
    )  # fmt: skip


def running(frame: Frame, step: int) -> Frame:
    """`frame` while training, at the head `step`, with the survey of that state."""
    data = frame.run.data
    return replace(
        frame, mode="running", step=step, head=step, n_reports=min(step, frame.n_reports),
        batch_ids=data.ids(step), survey=fake_survey(data, step), generation=frame.generation + 1,
    )  # fmt: skip
