"""Run words: what the engine says of recorded and exported runs, with {} for names and values."""

from __future__ import annotations

from gui.language import QT_TRANSLATE_NOOP

RUN_SENTENCES = (
    # the sets that are there without any data of the user's
    QT_TRANSLATE_NOOP("Engine", "first lesson"),
    QT_TRANSLATE_NOOP("Engine", "embedded words"),
    QT_TRANSLATE_NOOP("Engine", "seed words"),
    QT_TRANSLATE_NOOP("Engine", "{} written words"),
    # run directories
    QT_TRANSLATE_NOOP("Engine", "the recording goes on from here"),
    QT_TRANSLATE_NOOP("Engine", "{}: not a run directory (no config.json)"),
    QT_TRANSLATE_NOOP("Engine", "{}: holds the stages of a recipe; open one of them, such as {}"),
    QT_TRANSLATE_NOOP("Engine", "{}: damaged or foreign ({}); take another copy"),
    QT_TRANSLATE_NOOP("Engine", "{}: was recorded on {}; open that data first"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{}: was recorded on {} as another version of this program draws them; "
        "open it with the version that recorded it, or start a new run",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{}: was recorded on {}; the data given, {}, has other samples. Give the recorded data",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "replay differs from the recording at step {} in {}, by at most {}; likely cause: {}",
    ),
    QT_TRANSLATE_NOOP("Engine", "{}: the disk is full; free some space, then go on"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{}: this run is open already, here or in another window or command; close it there first",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{}: the recording cannot be written ({}); "
        "free some space or choose another place, then go on",
    ),
    QT_TRANSLATE_NOOP(
        "Engine", "replay differs from the recording at step {} in {}; likely cause: {}"
    ),
    # what the system says of files and disks
    QT_TRANSLATE_NOOP("Engine", "No space left on device"),
    QT_TRANSLATE_NOOP("Engine", "Permission denied"),
    QT_TRANSLATE_NOOP("Engine", "No such file or directory"),
    QT_TRANSLATE_NOOP("Engine", "Read-only file system"),
    QT_TRANSLATE_NOOP("Engine", "Input/output error"),
    # a damaged run or branch
    QT_TRANSLATE_NOOP("Engine", "branch {} is left out: {}"),
    QT_TRANSLATE_NOOP("Engine", "{}: damaged ({}); take another copy"),
    QT_TRANSLATE_NOOP("Engine", "{}: is missing; take a whole copy of the run"),
    QT_TRANSLATE_NOOP("Engine", "{}: {} is missing; take a whole copy"),
    QT_TRANSLATE_NOOP("Engine", "{}: journal.jsonl is damaged; take another copy"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{}: metrics.bin is damaged at record {}: it says step {}, not {}; take another copy",
    ),
    QT_TRANSLATE_NOOP("Engine", "{}: no state in it can be read; take another copy"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{}: grows from branch {}, which changed the data and cannot be read; "
        "take another copy of that one",
    ),
    QT_TRANSLATE_NOOP("Engine", "{}: its format is {}, this program reads {}"),
    # exported runs
    QT_TRANSLATE_NOOP("Engine", "{}: cannot be opened: {}; take another copy"),
    QT_TRANSLATE_NOOP("Engine", "this run is not recorded, so there is nothing to export"),
    QT_TRANSLATE_NOOP("Engine", "steps {} to {}: replay is exact here"),
    QT_TRANSLATE_NOOP("Engine", "steps {} to {}: replay is not exact here: {}"),
    QT_TRANSLATE_NOOP("Engine", "data {}: {} samples are in it"),
    QT_TRANSLATE_NOOP("Engine", "data {}: not in it, but found here"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "the samples of {} are not in it, since a data folder may not be yours to pass on; "
        "the other machine needs the same folder",
    ),
    QT_TRANSLATE_NOOP("Engine", "the samples of {} are not in it: they are too large"),
    QT_TRANSLATE_NOOP("Engine", "it is not a run that CRNN Debugger exported"),
    QT_TRANSLATE_NOOP("Engine", "{} is packed, which an exported run never is"),
    QT_TRANSLATE_NOOP("Engine", "{} is a link or no file at all, which no run has"),
    QT_TRANSLATE_NOOP("Engine", "it holds more than its own size"),
    QT_TRANSLATE_NOOP("Engine", "its list of contents is too long"),
    QT_TRANSLATE_NOOP("Engine", "its format is {}, this program reads {}"),
    QT_TRANSLATE_NOOP("Engine", "its list of contents cannot be read ({})"),
    QT_TRANSLATE_NOOP("Engine", "it holds what no run has ({})"),
    QT_TRANSLATE_NOOP("Engine", "what it lists is not what it holds"),
    QT_TRANSLATE_NOOP("Engine", "{} does not match its digest"),
    QT_TRANSLATE_NOOP("Engine", "it is no whole file ({})"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{}: {} MB are needed and {} MB are free; free some space or choose another place",
    ),
    QT_TRANSLATE_NOOP("Engine", "run {}: steps {} to {}, preset {}, seed {}"),
    QT_TRANSLATE_NOOP("Engine", "{} stored states, {} edits of the learning rate, {} branches"),
    QT_TRANSLATE_NOOP("Engine", "data {}: not in it and not found here; open that data first"),
    QT_TRANSLATE_NOOP(
        "Engine", "the samples of {} are in it: pass it on only where their terms allow"
    ),
)
"""The first that matches is taken, so what is special stands before what is general."""
