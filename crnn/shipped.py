"""The model that comes with the program: assets/models/word.safetensors, kind `weights`."""

from __future__ import annotations

from pathlib import Path

import assets
from crnn.errors import CheckpointError


def shipped_model() -> Path:
    """The shipped word model's file. Raises CheckpointError where this copy comes without it."""
    path = assets.path("models", "word.safetensors")
    if not path.is_file():
        raise CheckpointError(
            f"this copy comes without a trained model ({path} is not there); train one with "
            "`python main.py train --out RUN` and name its RUN/last.safetensors"
        )
    return path
