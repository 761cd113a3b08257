"""CRNN Debugger: `python main.py` opens the window, `python main.py COMMAND ...` works without one.

BLAS reads its number of threads when NumPy is loaded, so it is set here, before anything else is
imported; what the user has already set wins. One thread keeps recordings of the window and of the
commands comparable, and leaves the other core to the screen.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

COMMANDS = {
    "train": "train",
    "eval": "evaluate",
    "recognize": "recognize",
    "preprocess": "preprocess",
    "verify": "verify",
    "synth": "synth",
    "diagram": "diagram",
    "bench": "bench",
    "replay": "replay",
    "capture": "capture",
    "run-script": "script",
}
"""Command -> module of crnn.commands."""

BLAS_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def limit_blas() -> None:
    """One BLAS thread unless the user has chosen otherwise."""
    for name in BLAS_VARIABLES:
        os.environ.setdefault(name, "1")


def main(argv: list[str]) -> int:
    """Dispatch; returns the exit status (0 done, 1 the work failed, 2 wrong usage)."""
    limit_blas()
    if argv and argv[0] in COMMANDS:
        command = import_module(f"crnn.commands.{COMMANDS[argv[0]]}")
        status: int = command.main(argv[1:])
        return status
    from gui.options import parse

    offered = list(COMMANDS)
    options = parse(argv, offered)
    from gui.display import missing_display, missing_library

    problem = missing_display(options.screenshot is not None, offered)
    if problem:
        sys.stderr.write(problem + "\n")
        return 1
    import_module("numpy")  # first: PySide6 reads the source text of whatever is loaded after it
    try:
        from gui import app
    except ImportError as error:
        problem = missing_library(str(error))
        if not problem:
            raise
        sys.stderr.write(problem + "\n")
        return 1
    return app.main(options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
