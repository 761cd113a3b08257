"""Looking: everything a parked state shows of itself, made by running its batch again.

One way for the state on screen and for the one it is compared with, so that equal states give equal
bits.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from crnn.data.dataset import TrainingSet
from crnn.debug.branches import Future
from crnn.debug.health import Evidence, health
from crnn.debug.messages import OpHealth
from crnn.debug.observe import trace_of
from crnn.debug.observe_guest import observe_any
from crnn.debug.trace import Trace
from crnn.train import ShardPass, TrainState, look

_INFEASIBLE = "too_long"


class Seen(NamedTuple):
    """The passes of the batch, the watched sample's trace, and the marks of the ops."""

    passes: tuple[ShardPass, ...]
    trace: Trace
    health: tuple[OpHealth, ...]


def looked(owner: Future, state: TrainState, sample: int) -> Seen:
    """What `state`, one of the owner's, shows. Raises DatasetError where a picture cannot be
    read."""
    config, data = owner.info.config, owner.info.data
    passes = look(config, state.params, data.batch(state.step), training_step=state.step)
    trace = trace_of(passes, config, data, state.step, sample)
    if trace is None:
        trace = observe_any(config, data, state, sample)
    return Seen(passes, trace, health(config, _evidence(owner, state, passes)))


def count_infeasible(data: TrainingSet) -> int:
    """Samples whose label does not fit their timesteps."""
    return sum(fault.kind == _INFEASIBLE for fault in data.faults)


def _evidence(owner: Future, state: TrainState, passes: tuple[ShardPass, ...]) -> Evidence:
    """What is known of a parked state: the update that led to it, where that is at hand."""
    timeline, norm = owner.timeline, math.nan
    if state.step > timeline.first_step:
        norm = timeline.reports.at(state.step - 1 - timeline.first_step).grad_norm
    before = timeline.history.get(state.step - 1)
    return Evidence(passes, state, before, norm, count_infeasible(owner.info.data))
