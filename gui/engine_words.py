"""What the engine calls its events, for translation: it speaks English and knows no screen."""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtCore import QCoreApplication

from gui.language import QT_TRANSLATE_NOOP
from gui.run_words import RUN_SENTENCES

TITLES = (
    QT_TRANSLATE_NOOP("Engine", "Cannot run"),
    QT_TRANSLATE_NOOP("Engine", "Cannot run back"),
    QT_TRANSLATE_NOOP("Engine", "Cannot step"),
    QT_TRANSLATE_NOOP("Engine", "Cannot go back"),
    QT_TRANSLATE_NOOP("Engine", "Cannot return to live"),
    QT_TRANSLATE_NOOP("Engine", "Cannot set the learning rate"),
    QT_TRANSLATE_NOOP("Engine", "The run cannot start"),
    QT_TRANSLATE_NOOP("Engine", "Cannot save"),
    QT_TRANSLATE_NOOP("Engine", "Cannot load"),
    QT_TRANSLATE_NOOP("Engine", "Cannot export the run"),
    QT_TRANSLATE_NOOP("Engine", "Cannot write the test"),
    QT_TRANSLATE_NOOP("Engine", "Cannot show this sample"),
    QT_TRANSLATE_NOOP("Engine", "Cannot go there"),
    QT_TRANSLATE_NOOP("Engine", "Cannot look inside this step"),
    QT_TRANSLATE_NOOP("Engine", "Cannot show the line"),
    QT_TRANSLATE_NOOP("Engine", "The recording cannot be closed"),
    QT_TRANSLATE_NOOP("Engine", "Cannot branch"),
    QT_TRANSLATE_NOOP("Engine", "Cannot switch to this branch"),
    QT_TRANSLATE_NOOP("Engine", "Cannot rename this branch"),
    QT_TRANSLATE_NOOP("Engine", "Cannot discard this branch"),
    QT_TRANSLATE_NOOP("Engine", "Cannot compare"),
    QT_TRANSLATE_NOOP("Engine", "Cannot show the drawing"),
    QT_TRANSLATE_NOOP("Engine", "Cannot open the picture"),
    QT_TRANSLATE_NOOP("Engine", "Cannot evaluate"),
    QT_TRANSLATE_NOOP("Engine", "The breakpoint cannot be set"),
    QT_TRANSLATE_NOOP("Engine", "The watch cannot be added"),
    QT_TRANSLATE_NOOP("Engine", "Cannot look for the last change"),
    QT_TRANSLATE_NOOP("Engine", "Training stopped"),
    QT_TRANSLATE_NOOP("Engine", "Error in the engine"),
    QT_TRANSLATE_NOOP("Engine", "Error in the window"),
)
REASONS = {
    "this is the first step of the run": QT_TRANSLATE_NOOP(
        "Engine", "This is the first step of the run."
    ),
    "the recording ends here": QT_TRANSLATE_NOOP("Engine", "The recording ends here."),
    "no breakpoint hit before this step": QT_TRANSLATE_NOOP(
        "Engine", "No breakpoint hits before this: this is the first step of the run."
    ),
    "the seek was cancelled": QT_TRANSLATE_NOOP("Engine", "The search for a step was cancelled."),
    "no line breakpoint holds before": QT_TRANSLATE_NOOP(
        "Engine", "No breakpoint holds before this: this is the first step of the run."
    ),
    "learning rate": QT_TRANSLATE_NOOP("Engine", "The learning rate is changed from here on."),
    "a branch": QT_TRANSLATE_NOOP(
        "Engine", "A branch begins here; the run it grows from is kept, and is B."
    ),
    "another branch": QT_TRANSLATE_NOOP("Engine", "This is another branch of the run."),
    "stopped": QT_TRANSLATE_NOOP(
        "Engine", "The recording is closed: F3 walks its past, Ctrl+R starts anew."
    ),
}
"""Why the engine parked, where that is worth a sentence."""
NOTES = (
    QT_TRANSLATE_NOOP("Engine", "{} of the channels are {} everywhere"),
    QT_TRANSLATE_NOOP("Engine", "{} of the gates are saturated"),
    QT_TRANSLATE_NOOP("Engine", "the largest logit is {}"),
    QT_TRANSLATE_NOOP("Engine", "its gradient is {} of the largest"),
    QT_TRANSLATE_NOOP("Engine", "the gradient norm is {}, cut to {}"),
    QT_TRANSLATE_NOOP("Engine", "the last update changed its weights by {} of their size"),
    QT_TRANSLATE_NOOP("Engine", "blank has {} of the probability: normal at first, not for long"),
    QT_TRANSLATE_NOOP("Engine", "{} samples need more timesteps than their picture gives"),
)
"""What is said of an op's health, with {} for each number."""
SENTENCES = (
    # checkpoints
    QT_TRANSLATE_NOOP("Engine", "{}: cannot be read ({}); check the path and its permissions"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{}: cannot be written ({}); free some space or choose another place",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{}: {}; it is no checkpoint, or was damaged on the way: take another copy",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{}: it is a safetensors file, but not a checkpoint of this program; "
        "choose one that CRNN Debugger saved",
    ),
    QT_TRANSLATE_NOOP(
        "Engine", "{}: it is of format {}, this program reads {}; update the program"
    ),
    QT_TRANSLATE_NOOP("Engine", "it is cut: {} bytes are missing at its end"),
    QT_TRANSLATE_NOOP("Engine", "it has only {} bytes"),
    QT_TRANSLATE_NOOP("Engine", "its header claims {} bytes, but only {} follow"),
    QT_TRANSLATE_NOOP("Engine", "its header is not readable JSON"),
    QT_TRANSLATE_NOOP("Engine", "the file holds weights alone, so a fresh optimiser starts here"),
    QT_TRANSLATE_NOOP("Engine", "it was trained on other data than {}"),
    QT_TRANSLATE_NOOP(
        "Engine", "it was trained on {} as another version of this program draws them"
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "this copy comes without a trained model ({} is not there); train one with "
        "`python main.py train --out RUN` and name its RUN/last.safetensors",
    ),
    *RUN_SENTENCES,
    # refused commands
    QT_TRANSLATE_NOOP(
        "Engine",
        "this recording is closed; its past can be walked, and Restart begins a new run",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "step {} is in the past, and training it differently needs a branch; "
        "return to live and set the learning rate there",
    ),
    QT_TRANSLATE_NOOP("Engine", "no run is open; start one with New run, or load a checkpoint"),
    # branches
    QT_TRANSLATE_NOOP("Engine", "the learning rate is {}; allowed: a number above 0"),
    QT_TRANSLATE_NOOP("Engine", "the factor is {}; allowed: a finite number"),
    QT_TRANSLATE_NOOP("Engine", "{} is {}; it has no element {}"),
    QT_TRANSLATE_NOOP("Engine", "{} would hold a number that is not finite; choose a smaller one"),
    QT_TRANSLATE_NOOP("Engine", "sample {} is not trained on; choose one that is"),
    QT_TRANSLATE_NOOP("Engine", "sample {} could not be trained on: {}"),
    QT_TRANSLATE_NOOP("Engine", "there is no sample {} in {}; allowed: {} to {}"),
    QT_TRANSLATE_NOOP("Engine", "every sample is dropped; keep at least one"),
    QT_TRANSLATE_NOOP("Engine", "dropped by hand in this branch"),
    QT_TRANSLATE_NOOP("Engine", "other branches grow from {}; discard those first"),
    QT_TRANSLATE_NOOP("Engine", "step {} is not recorded there; allowed: {} to {}"),
    QT_TRANSLATE_NOOP("Engine", "{} is not a number"),
    QT_TRANSLATE_NOOP("Engine", "{} is not a whole number"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{} is not executed in this step for this sample; choose another sample or step",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "no line breakpoint that is on lies in code that runs here; show the other text of the "
        "phase, or set one in a line that runs",
    ),
    QT_TRANSLATE_NOOP("Engine", "{}: no statement of a function stands there; choose another line"),
    QT_TRANSLATE_NOOP("Engine", "{}: there is no such file in the package"),
    QT_TRANSLATE_NOOP("Engine", "there is no breakpoint {}; it has been removed"),
    QT_TRANSLATE_NOOP("Engine", "there is no watch {}; it has been removed"),
    # data
    QT_TRANSLATE_NOOP(
        "Engine",
        "{} does not exist; a data folder holds images/NAME.png and labels/NAME.txt, "
        "or a train folder that does",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{} is not a data folder; a data folder holds images/NAME.png and labels/NAME.txt, "
        "or a train folder that does",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{}: none of {} pictures and {} labels make a pair; "
        "images/NAME.png needs labels/NAME.txt of the same name",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{} lists no sample of {} (it has {}); choose the part with {}:train or {}:val",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "none of the {} pictures that {} lists in {} is in {}; a manifest stays beside the train "
        "and val folders of its import: import again, or put it back",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{} is damaged at line {} ({}); give the manifest.jsonl that preprocess wrote, or import "
        "into a new folder",
    ),
    QT_TRANSLATE_NOOP("Engine", "{} lists it, but {} is not there; import again"),
    QT_TRANSLATE_NOOP("Engine", "{} lists it again at line {}; only the first is read"),
    QT_TRANSLATE_NOOP("Engine", "{} is not among what {} lists in {}"),
    QT_TRANSLATE_NOOP("Engine", "{}: there is no such picture; check the path"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{} has no label to train on or to score by: write its text into {}; "
        "to have it read, drop it on the window or use `recognize`",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{} is no data: give a folder with images and labels, the manifest.jsonl of an import, "
        "or a picture ({})",
    ),
    QT_TRANSLATE_NOOP("Engine", "{}: not readable as UTF-8 ({}); save it as UTF-8"),
    QT_TRANSLATE_NOOP("Engine", "{}: there is no such file; check the path"),
    QT_TRANSLATE_NOOP("Engine", "{}: not a picture this program reads; save it as one of {}"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{}: cannot be decoded ({}); the file is cut or damaged, export it again",
    ),
    QT_TRANSLATE_NOOP("Engine", "the label is empty"),
    QT_TRANSLATE_NOOP("Engine", "the label is empty, so there is nothing to align"),
    QT_TRANSLATE_NOOP("Engine", "no path that spells {} has a probability above 0 at this state"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{} has {} symbols and {} repeats and so needs {} timesteps; this picture gives {}",
    ),
    QT_TRANSLATE_NOOP("Engine", "nothing is read here, so there is nothing to align"),
    QT_TRANSLATE_NOOP("Engine", "there is room for {} drawings and pictures; begin a new session"),
    QT_TRANSLATE_NOOP("Engine", "no such sample was evaluated; evaluate a folder first"),
    QT_TRANSLATE_NOOP("Engine", "{}: the picture has no pixels; choose another"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{} in {} is not in the {} alphabet of {} symbols; "
        "take it out of the text or choose an alphabet that has it",
    ),
    QT_TRANSLATE_NOOP("Engine", "{} columns at height {}; at most {} are allowed"),
    QT_TRANSLATE_NOOP("Engine", "{} needs {} timesteps; a picture {} wide has {}"),
    QT_TRANSLATE_NOOP("Engine", "{} has the same name as {}; only the latter is read"),
    QT_TRANSLATE_NOOP("Engine", "{} has no partner {}"),
    QT_TRANSLATE_NOOP("Engine", "{} holds no samples; choose another folder"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "no sample of {} is usable ({}). The first, {}: {}. "
        "Change the data, the alphabet or the preset",
    ),
    # what an import says
    QT_TRANSLATE_NOOP("Engine", "{}: there is no such folder or zip; check the path"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{} holds no label file (NAME.json); give the folder or zip that AI Hub's download "
        "unpacks to",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{} was imported with --{} {}, not {}; choose another folder for --out, or the same "
        "options",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{} already holds train or val, and not from an import; choose an empty folder",
    ),
    QT_TRANSLATE_NOOP("Engine", "{} cannot be written ({}); choose another folder for --out"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "no picture lies below the source: give the folder that holds labels and pictures",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{} is empty: all sheets are of the other part; give the folder that holds both, or "
        "--split sheet to deal them out",
    ),
    QT_TRANSLATE_NOOP(
        "Engine", "pictures of another size than their label says may be cut in the wrong places"
    ),
    QT_TRANSLATE_NOOP("Engine", "box {} {}: {}"),
    QT_TRANSLATE_NOOP("Engine", "the text is empty"),
    QT_TRANSLATE_NOOP("Engine", "marked as not to be read"),
    QT_TRANSLATE_NOOP("Engine", "x {} to {}, y {} to {} on a page of {} x {}"),
    QT_TRANSLATE_NOOP("Engine", "no picture has the stem {}; {} boxes"),
    QT_TRANSLATE_NOOP("Engine", "no label has the stem {}"),
    QT_TRANSLATE_NOOP("Engine", "{} is read instead"),
    QT_TRANSLATE_NOOP("Engine", "line {}, column {}: {}"),
    QT_TRANSLATE_NOOP("Engine", "nested too deeply"),
    # what a JSON file of labels has wrong
    QT_TRANSLATE_NOOP("Engine", "{} is {}, not a number"),
    QT_TRANSLATE_NOOP("Engine", "{} is {}, not a list"),
    QT_TRANSLATE_NOOP("Engine", "{} is {}, not an object"),
    QT_TRANSLATE_NOOP("Engine", "{} is {}, not a string"),
    QT_TRANSLATE_NOOP("Engine", "{} is {}, not a list of corners"),
    QT_TRANSLATE_NOOP("Engine", "{} is {}, not [x, y, width, height]"),
    QT_TRANSLATE_NOOP("Engine", "Expecting value"),
    QT_TRANSLATE_NOOP("Engine", "Extra data"),
    QT_TRANSLATE_NOOP("Engine", "Expecting property name enclosed in double quotes"),
    QT_TRANSLATE_NOOP("Engine", "Expecting {} delimiter"),
    QT_TRANSLATE_NOOP("Engine", "Unterminated string starting at"),
    QT_TRANSLATE_NOOP("Engine", "Invalid control character at"),
    # expressions
    QT_TRANSLATE_NOOP("Engine", "there is no sample {}; choose one of {} to {}"),
    QT_TRANSLATE_NOOP("Engine", "the expression is empty; write one such as loss > 5"),
    QT_TRANSLATE_NOOP("Engine", "the expression has {} characters; at most {}"),
    QT_TRANSLATE_NOOP("Engine", "the expression has {} parts; at most {} are allowed"),
    QT_TRANSLATE_NOOP("Engine", "{}: there is no such name; did you mean {}?"),
    QT_TRANSLATE_NOOP("Engine", "{}: there is no such name; choose one of the list"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{}: is not allowed; use names, numbers, comparisons, and/or/not, + - * /, subscripts "
        "and {}",
    ),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{}: gives {} values, not one; use min, max, mean, std, norm, any, all or a subscript",
    ),
    QT_TRANSLATE_NOOP("Engine", "{}: is a number; compare it with another, as in {} > 5"),
    QT_TRANSLATE_NOOP("Engine", "{}: is true or false; a watch needs a number"),
    QT_TRANSLATE_NOOP(
        "Engine",
        "{}: nothing has been written there yet at this line; go on, or choose another",
    ),
    QT_TRANSLATE_NOOP("Engine", "{}: takes one argument"),
    QT_TRANSLATE_NOOP("Engine", "{}: a slice cannot have step 0"),
    QT_TRANSLATE_NOOP("Engine", "{}: a subscript must be a whole number or a slice"),
    QT_TRANSLATE_NOOP("Engine", "{}: is no subscript; only whole numbers and slices of them are"),
    QT_TRANSLATE_NOOP("Engine", "{}: names nothing that could change"),
    QT_TRANSLATE_NOOP("Engine", "{}: {} has {} values; use any or all"),
    QT_TRANSLATE_NOOP("Engine", "{}: {} subscripts for {} axes"),
    QT_TRANSLATE_NOOP("Engine", "{}: index {} is out of bounds for axis {} with size {}"),
    QT_TRANSLATE_NOOP("Engine", "{}: invalid syntax"),
    # a Config
    QT_TRANSLATE_NOOP("Engine", "{} is {}; allowed: {}"),
    QT_TRANSLATE_NOOP("Engine", "a number above 0"),
    QT_TRANSLATE_NOOP("Engine", "a whole number"),
    QT_TRANSLATE_NOOP("Engine", "an integer of 1 or more"),
    QT_TRANSLATE_NOOP("Engine", "a number like {}"),
    # an environment
    QT_TRANSLATE_NOOP("Engine", "{} was {}, is {}"),
)
"""What the engine says to a person most often, with {} for names, values and inner sentences. The
first that matches is taken; what matches none stays English."""
_NUMBER = re.compile(r"\d(?:[\d,.]*\d)?(?:e[+-]?\d+)?%?|\bnan\b|\binf\b")


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """The template as an expression; a {} is as short as it can be, and may hold line breaks."""
    return re.compile("(.+?)".join(map(re.escape, template.split("{}"))), re.DOTALL)


def title(text: str) -> str:
    """A Failed event's title in the language in force."""
    return QCoreApplication.translate("Engine", text)


def reason(text: str) -> str:
    """A Parked event's reason as a sentence; "" where the state says it all."""
    found = REASONS.get(text, "")
    return QCoreApplication.translate("Engine", found) if found else ""


def sentence(text: str) -> str:
    """An error's sentence in the language in force, what it names as it is; an inner sentence, such
    as the cause in brackets, is translated too."""
    for template in SENTENCES:
        found = _pattern(template).fullmatch(text)
        if found is not None:
            translated = QCoreApplication.translate("Engine", template)
            return translated.format(*(sentence(part) for part in found.groups()))
    return text


def note(text: str) -> str:
    """A sentence about an op's health in the language in force, its numbers as they are."""
    translated = QCoreApplication.translate("Engine", _NUMBER.sub("{}", text))
    return translated.format(*_NUMBER.findall(text))
