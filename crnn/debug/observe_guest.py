"""observe, for guests: a picture without a truth is aligned to what the network reads in it.

So every panel has something to show, and nothing is claimed: the trace's truth stays empty.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from crnn.config import Config
from crnn.ctc.loss import ctc_loss
from crnn.data.dataset import TrainingSet
from crnn.data.guests import GuestSet
from crnn.debug.guest_messages import GuestReading
from crnn.debug.observe import observe
from crnn.debug.trace import Trace
from crnn.reading import Reading, characters
from crnn.train import TrainState

NOTHING = "nothing is read here, so there is nothing to align"


def observe_any(config: Config, data: TrainingSet, state: TrainState, sample: int) -> Trace:
    """`observe` of a sample or a guest, by itself. Raises DatasetError as it does."""
    found = observe(config, data, state, sample)
    if not isinstance(data, GuestSet) or sample < data.n_own or found.truth:
        return found
    if not found.output.text:
        return replace(found, fault=NOTHING)
    spelled = data.spelled(sample, found.output.text)
    return replace(observe(config, spelled, state, sample), truth="")


def reading_of(config: Config, data: TrainingSet, trace: Trace | None) -> GuestReading | None:
    """What is read in the guest of this trace; None where it shows no guest."""
    if trace is None or trace.sample < data.n_own:
        return None
    label_L, logits_TK = trace.output.collapsed, trace.logits_TK
    made = ctc_loss(logits_TK[None], np.array([trace.n_frames]), (label_L,))
    confidence = math.exp(-float(made.loss_N[0]))
    reading = Reading(0, trace.output.text, label_L, confidence, logits_TK)
    found = tuple((c.text, c.confidence) for c in characters(config.alphabet, reading))
    return GuestReading(trace.sample, trace.output.text, confidence, found)
