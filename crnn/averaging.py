"""The mean of several trained states of one network, often better than any of them.

Networks trained on from one state stay in one valley of the loss: the mean of their weights lies
nearer its middle, and reads unlike pictures better, at the price of one network (Izmailov et al.
2018, "Averaging weights leads to wider optima"; Wortsman et al. 2022, "Model soups").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from crnn import checkpoint
from crnn.checkpoint import Checkpoint
from crnn.model import layout
from crnn.params import FlatParams


def save_mean(ends: Sequence[Checkpoint], path: Path) -> None:
    """Write the mean of `ends` as a checkpoint of kind weights, with the Config of the last.

    For networks without batch norm, whose running averages would not be those of the mean network.
    Raises CheckpointError as `checkpoint.save`.
    """
    last = ends[-1]
    mean_P = np.mean([end.params.flat.astype(np.float64) for end in ends], axis=0)
    params = FlatParams(layout(last.config), mean_P.astype(last.config.dtype))
    checkpoint.save(
        path,
        replace(last.state(), params=params),
        last.config,
        kind="weights",
        fingerprint=last.fingerprint,
        source=last.source,
    )
