"""Networks that use every choice a Config has, small enough for gradients by differences."""

from __future__ import annotations

from crnn.config import Config, ConvBlock
from tests.support import tiny_word

STACKS: dict[str, Config] = {
    "batch norm, GRU": tiny_word(
        convs=(
            ConvBlock(3, (2, 2), norm="batch"),
            ConvBlock(3, (2, 2), norm="batch", activation="tanh"),
        ),
        cell="gru",
        units=3,
        dtype="float64",
    ),
    "layer norm, mean pools, tanh RNN": tiny_word(
        convs=(
            ConvBlock(3, (2, 2), norm="layer", activation="leaky_relu", pool_kind="avg"),
            ConvBlock(4, (2, 1), norm="layer", activation="sigmoid", pool_kind="avg"),
        ),
        cell="tanh",
        units=3,
        bidirectional=False,
        dtype="float64",
    ),
    "strides and even kernels, dropout": tiny_word(
        convs=(
            ConvBlock(3, (2, 1), (5, 4), (1, 2), (2, 1), activation="tanh"),
            ConvBlock(2, (1, 2), (2, 2), (2, 1), (0, 0), norm="batch", activation="leaky_relu"),
        ),
        cell="gru",
        units=3,
        layers=2,
        dropout=0.3,
        dtype="float64",
    ),
    "no overlap at all": tiny_word(
        convs=(
            ConvBlock(2, (1, 1), (2, 2), (2, 2), (0, 0)),
            ConvBlock(2, (2, 1), (1, 3), (1, 2), (0, 0), pool_kind="avg"),
        ),
        units=2,
        dtype="float64",
    ),
}
