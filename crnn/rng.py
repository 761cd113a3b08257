"""Addressed randomness: a generator is a function of where it is used, never of what ran before.

No generator state exists to be saved, so any step can be replayed on its own.
Philox: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np


def rng(seed: int, step: int, purpose: str) -> np.random.Generator:
    """The generator at address (seed, step, purpose); equal addresses give equal streams.

    The key is (seed, hash of purpose); step sits in the counter's highest word, so the streams of
    two steps are 2^192 draws apart.
    """
    salt = int.from_bytes(blake2b(purpose.encode(), digest_size=8).digest(), "little")
    key = np.array([seed, salt], np.uint64)
    counter = np.array([0, 0, 0, step], np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=counter))
