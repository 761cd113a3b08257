"""Every path of T frames over K classes, by definition: what CTC is compared with.

All at once in arrays, so that the labels of 65,536 paths (T 8, K 4) take no time to speak of.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import numpy as np

from crnn.arrays import F64, I64, Real
from crnn.ops.activation import LogSoftmax

Label = tuple[int, ...]


class Paths:
    """class_PT, the lattice state_PT it is in, and which of `labels` it spells, label_P."""

    def __init__(self, n_frames: int, n_classes: int) -> None:
        self.class_PT: I64 = np.array(list(product(range(n_classes), repeat=n_frames)), np.int64)
        before_PT = np.concatenate((np.zeros_like(self.class_PT[:, :1]), self.class_PT[:, :-1]), 1)
        is_new_PT = (self.class_PT != 0) & (self.class_PT != before_PT)
        # After the c-th symbol began: in it state 2c - 1, in the blank that follows 2c.
        self.state_PT: I64 = 2 * is_new_PT.cumsum(axis=1) - (self.class_PT != 0)
        spelled = [
            tuple(row[new].tolist()) for row, new in zip(self.class_PT, is_new_PT, strict=True)
        ]
        self.labels: list[Label] = sorted(set(spelled), key=lambda label: (len(label), label))
        index = {label: i for i, label in enumerate(self.labels)}
        self.label_P: I64 = np.array([index[label] for label in spelled], np.int64)

    def mass(self, prob_TK: F64) -> F64:
        """mass_P: the probability of each path."""
        mass_P: F64 = prob_TK[np.arange(len(prob_TK)), self.class_PT].prod(axis=1)
        return mass_P

    def of_labels(self, mass_P: F64) -> F64:
        """P(label) of each of `labels`."""
        masses: F64 = np.bincount(self.label_P, mass_P, len(self.labels)).astype(np.float64)
        return masses

    def arrays(self) -> tuple[I64, ...]:
        return tuple(np.array(label, np.int64) for label in self.labels)


@lru_cache
def paths(n_frames: int, n_classes: int) -> Paths:
    return Paths(n_frames, n_classes)


def random_log_prob(n_frames: int, n_classes: int) -> F64:
    logits_TK = 2 * np.random.default_rng(10 * n_frames + n_classes).standard_normal(
        (n_frames, n_classes)
    )
    log_prob_TK: F64 = logits_TK - np.log(np.exp(logits_TK).sum(axis=1, keepdims=True))
    return log_prob_TK


def log_softmax(logits: Real) -> F64:
    """By the op, in float64."""
    log_prob, _ = LogSoftmax().forward({}, logits.astype(np.float64))
    return np.asarray(log_prob, np.float64)
