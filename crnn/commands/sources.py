"""What commands open: a preset or recipe, and a checkpoint."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from crnn import checkpoint
from crnn.config import Config, from_json, preset, to_json
from crnn.errors import ConfigError
from crnn.shipped import shipped_model


def recipe(path: Path) -> Config:
    """A TOML file: `preset = "word"` and the Config fields that differ from it.

    Raises ConfigError naming the file and the field.
    """
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        fields: dict[str, Any] = json.loads(to_json(preset(str(table.pop("preset", "word")))))
        unknown = sorted(table.keys() - fields.keys())
        if unknown:
            raise ConfigError(f"{unknown[0]} is no field; allowed: {', '.join(sorted(fields))}")
        return from_json(json.dumps(fields | table))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ConfigError) as error:
        raise ConfigError(f"{path}: {error}") from error


def load_weights(path: str | None) -> checkpoint.Checkpoint:
    """The checkpoint named, else the shipped word model. Raises CheckpointError."""
    return checkpoint.load(shipped_model() if path is None else Path(path))
