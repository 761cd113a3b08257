"""run-script: a Python file that drives a debugger without a window, by the window's own verbs.

The file calls new, open, run, pause, step, back, seek, run_until, back_until, break_at, watch,
branch, trace, locals, trellis, journal, save, export, freeze and the others that help() lists in
the window's console as if they were built in.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from crnn.commands import console
from crnn.debug.own import OwnPost
from crnn.debug.scripting import Verbs, namespace
from crnn.errors import CrnnError


def main(argv: list[str]) -> int:
    """Run the command; 0 done, 1 a verb failed or the file cannot be read."""
    parser = console.parser("run-script", __doc__ or "")
    parser.add_argument("file", metavar="FILE.py", help="the script")
    parser.add_argument("--runs", metavar="DIR", help="record new runs here, and keep them")
    options = parser.parse_args(argv)
    path = Path(options.file)
    if not path.is_file():
        parser.error(f"{path} is no file")
    try:
        with OwnPost(Path(options.runs) if options.runs else None) as post:
            verbs = Verbs(post)
            _execute(path, namespace(verbs))
            values = {"script": str(path), "step": post.frame.step if post.frame else None}
    except CrnnError as error:
        return console.failed(error)
    if options.json:
        console.result(values, as_json=True, lines="")
    return 0


def _execute(path: Path, names: dict[str, Any]) -> None:
    """Run the file with these names, and what lies beside it to be imported, as `python FILE` does.

    The main module stays that of this program: processes that help (a watch's past, batches made
    ahead) load the main module first, and would run the script once more. Raises
    SyntaxError, and whatever the script raises.
    """
    code = compile(path.read_bytes(), str(path), "exec")
    sys.path.insert(0, str(path.resolve().parent))
    exec(code, {**names, "__name__": "__main__", "__file__": str(path)})
