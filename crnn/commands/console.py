"""What a command says: one JSON object or a few lines on stdout, progress on stderr."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any

from crnn.errors import CrnnError


def parser(name: str, text: str) -> argparse.ArgumentParser:
    """A parser whose command has --json; argparse itself leaves with status 2 on wrong usage."""
    made = argparse.ArgumentParser(prog=f"python main.py {name}", description=text)
    made.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    return made


def progress(text: str) -> None:
    """One line on stderr, over the last one where that is a terminal."""
    sys.stderr.write(f"\r\x1b[K{text}" if sys.stderr.isatty() else f"{text}\n")
    sys.stderr.flush()


def say(text: str) -> None:
    """One message on stderr, on a line of its own."""
    sys.stderr.write(f"\r\x1b[K{text}\n" if sys.stderr.isatty() else f"{text}\n")
    sys.stderr.flush()


def result(values: Mapping[str, Any], *, as_json: bool, lines: str) -> None:
    """The outcome on stdout: `values` as JSON, or `lines` for a person."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    text = json.dumps(values, ensure_ascii=False) if as_json else lines
    sys.stdout.write(text + "\n")


def failed(error: CrnnError) -> int:
    """Exit status 1 with the cause on stderr."""
    say(f"error: {error}")
    return 1
