"""Addressed randomness: a generator is a function of where it is used, never of what ran before.

No generator state exists to be saved, so any step can be replayed on its own.
Philox: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.random.bit_generator import ISeedSequence

from crnn.arrays import U64


def rng(seed: int, step: int, purpose: str) -> np.random.Generator:
    """The generator at address (seed, step, purpose); equal addresses give equal streams.

    The key is (seed, hash of purpose); step sits in the counter's highest word, so the streams of
    two steps are 2^192 draws apart.
    """
    salt = int.from_bytes(blake2b(purpose.encode(), digest_size=8).digest(), "little")
    key = np.array([seed, salt], np.uint64)
    counter = np.array([0, 0, 0, step], np.uint64)
    seed_sequence: Any = _Key(key)  # NumPy takes any ISeedSequence, its annotations do not say so
    return np.random.Generator(np.random.Philox(seed_sequence, counter=counter))


class _Key(ISeedSequence):
    """A key as it is. Given as `key=`, Philox would first ask the system for entropy it then drops,
    which takes longer than all the rest."""

    def __init__(self, key: U64) -> None:
        self._key = key

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> U64:
        return self._key
