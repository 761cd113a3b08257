"""capture: write a recorded run as one file for another machine, or say what such a file holds."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from crnn.commands import console
from crnn.debug import capture
from crnn.debug.recording import open_run
from crnn.errors import CrnnError


def main(argv: list[str]) -> int:
    """Run the command; 0 done, 1 the work failed."""
    parser = console.parser("capture", __doc__ or "")
    parser.add_argument("run", metavar="RUN", help="a run directory, or an exported file")
    parser.add_argument("--out", metavar="FILE", help="write it there; without, say what is in it")
    parser.add_argument(
        "--with-data",
        action="store_true",
        help="put the samples of a data folder in; AI Hub's may not be passed on",
    )
    options = parser.parse_args(argv)
    source = Path(options.run)
    try:
        with TemporaryDirectory(prefix="crnn-") as folder:
            if capture.is_capture(source):
                capture.unpack(source, Path(folder) / "run")
                source = Path(folder) / "run"
            said, note = capture.about(source), ""
            if options.out:
                dataset = capture.require_data(open_run(source).header, source)
                note = capture.export(
                    source, dataset, Path(options.out), with_data=options.with_data
                )
    except CrnnError as error:
        return console.failed(error)
    if note:
        console.say(f"note: {note}")
    values = {"about": said, "out": options.out, "note": note}
    console.result(values, as_json=options.json, lines="\n".join(said))
    return 0
