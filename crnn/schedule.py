"""Schedule: the learning rate as a pure function of the step.

The rate of the update from state `step` is factor(config, step) * state.lr. A schedule so keeps no
state of its own, and an edit of the learning rate (recorded as the new `state.lr` at its step)
keeps its meaning: it scales what the schedule says from there on, and any step can be replayed from
its state alone. PyTorch's StepLR, CosineAnnealingLR, OneCycleLR and LinearLR; unlike PyTorch's
cosine, which would swing up again, every schedule stays where it is after its last step.
One-cycle: Smith and Topin 2018. Cosine: Loshchilov and Hutter 2017.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from crnn.config import Config

RISE = 0.3
"""Share of one_cycle's steps that go up."""
START = 1 / 25
END = START / 1e4
"""one_cycle's first and last factor, PyTorch's div_factor and final_div_factor."""


def factor(config: Config, step: int) -> float:
    """What state.lr is multiplied by for the update from state `step` (0 is the first)."""
    return _SCHEDULES[config.schedule](config, step)


def _constant(config: Config, step: int) -> float:
    return 1.0


def _step(config: Config, step: int) -> float:
    """Times schedule_factor after every schedule_steps steps."""
    return float(config.schedule_factor ** (step // config.schedule_steps))


def _cosine(config: Config, step: int) -> float:
    """From 1 down half a cosine to schedule_factor at schedule_steps, and then that."""
    share = min(1.0, step / config.schedule_steps)
    return _between(1.0, config.schedule_factor, share)


def _one_cycle(config: Config, step: int) -> float:
    """From 1/25 up to 1 and down to 1/250,000 over schedule_steps, each half a cosine."""
    top = RISE * config.schedule_steps - 1
    last = config.schedule_steps - 1
    if step <= top:
        return _between(START, 1.0, step / top)
    if step >= last:
        return END
    return _between(1.0, END, (step - top) / (last - top))


def _warmup(config: Config, step: int) -> float:
    """Straight up from 1 / schedule_steps to 1 at the last of schedule_steps steps, and then 1."""
    return min(1.0, (step + 1) / config.schedule_steps)


def _between(start: float, end: float, share: float) -> float:
    """`start` at share 0, `end` at share 1, half a cosine in between."""
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2


_SCHEDULES: dict[str, Callable[[Config, int], float]] = {
    "constant": _constant,
    "step": _step,
    "cosine": _cosine,
    "one_cycle": _one_cycle,
    "warmup": _warmup,
}
