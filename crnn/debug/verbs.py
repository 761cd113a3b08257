"""Verbs: what the commands are called in the journal, and what is said where one fails."""

from __future__ import annotations

from typing import Any

from crnn.debug.branch_messages import Branch, DiscardBranch, RenameBranch, SetCompare, SwitchBranch
from crnn.debug.guest_messages import Draw, Evaluate, OpenPicture, ShowEvaluated
from crnn.debug.level_messages import (
    ChangeLevel,
    ChooseForm,
    GoToLine,
    GoToPhase,
    Move,
    RunOn,
    ShiftLevel,
)
from crnn.debug.messages import (
    Back,
    Command,
    Load,
    NewRun,
    OverfitBatch,
    Pause,
    Restart,
    ReturnToLive,
    Run,
    RunBack,
    Save,
    Seek,
    SetLearningRate,
    Step,
    Stop,
    Watch,
)
from crnn.debug.point_messages import (
    AddPoint,
    AddWatch,
    EditPoint,
    GoToHit,
    LastChange,
    ShowLine,
)
from crnn.debug.script_messages import Export, Freeze

_VERBS: dict[type[Any], str] = {
    Run: "run",
    RunBack: "run_back",
    Pause: "pause",
    Step: "step",
    Back: "back",
    Seek: "seek",
    ReturnToLive: "return_to_live",
    LastChange: "last_change",
    Save: "save",
}
_FAILURES: dict[type[Any], str] = {
    Run: "Cannot run",
    RunBack: "Cannot run back",
    Step: "Cannot step",
    Back: "Cannot go back",
    Seek: "Cannot go there",
    ReturnToLive: "Cannot return to live",
    SetLearningRate: "Cannot set the learning rate",
    NewRun: "The run cannot start",
    Restart: "The run cannot start",
    OverfitBatch: "The run cannot start",
    Save: "Cannot save",
    Export: "Cannot export the run",
    Freeze: "Cannot write the test",
    Load: "Cannot load",
    Watch: "Cannot show this sample",
    Stop: "The recording cannot be closed",
    Branch: "Cannot branch",
    SwitchBranch: "Cannot switch to this branch",
    RenameBranch: "Cannot rename this branch",
    DiscardBranch: "Cannot discard this branch",
    SetCompare: "Cannot compare",
    Move: "Cannot step",
    ChangeLevel: "Cannot look inside this step",
    ShiftLevel: "Cannot look inside this step",
    GoToPhase: "Cannot look inside this step",
    GoToLine: "Cannot look inside this step",
    RunOn: "Cannot look inside this step",
    ChooseForm: "Cannot look inside this step",
    ShowLine: "Cannot show the line",
    GoToHit: "Cannot go there",
    Draw: "Cannot show the drawing",
    OpenPicture: "Cannot open the picture",
    Evaluate: "Cannot evaluate",
    ShowEvaluated: "Cannot show this sample",
    AddPoint: "The breakpoint cannot be set",
    EditPoint: "The breakpoint cannot be set",
    AddWatch: "The watch cannot be added",
    LastChange: "Cannot look for the last change",
}


def verb(command: Command) -> str | None:
    """The command's word in the journal; None where the journal has it otherwise, or not at all."""
    return _VERBS.get(type(command))


def failure(command: Command | None) -> str:
    """The title of the failure of a command, or of the work between two commands."""
    return "Training stopped" if command is None else _FAILURES.get(type(command), "Failed")
