"""What commands open: a checkpoint."""

from __future__ import annotations

from pathlib import Path

from crnn import checkpoint
from crnn.shipped import shipped_model


def load_weights(path: str | None) -> checkpoint.Checkpoint:
    """The checkpoint named, else the shipped word model. Raises CheckpointError."""
    return checkpoint.load(shipped_model() if path is None else Path(path))
