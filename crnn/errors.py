"""The exception tree. Raised in crnn, turned into an event once by the debugger, shown once.

Every message names the value that is wrong and what to do about it.
"""


class CrnnError(Exception):
    """Anything the program reports as a sentence instead of a traceback."""


class ConfigError(CrnnError):
    """A Config field is out of its range."""


class ShapeError(CrnnError):
    """An array has another shape than the op was built for."""


class AlphabetError(CrnnError):
    """A text holds a character that the alphabet does not have."""


class InfeasibleLabel(CrnnError):
    """A label needs more timesteps than the image gives."""


class DatasetError(CrnnError):
    """A data folder or picture cannot be read."""


class EditError(CrnnError):
    """A change that a branch should begin with cannot be made."""


class CheckpointError(CrnnError):
    """A checkpoint file is cut, foreign, or of another model."""


class RecordingError(CrnnError):
    """A run directory is missing, foreign or damaged."""


class ReplayDivergence(CrnnError):
    """Re-execution gave other bits than the recording.

    `step`: the state whose update differs; `tensor`: the first that does. `largest_error`: the
    largest absolute difference of any number at the next stored state, NaN where there is none;
    `cause`: what is most likely behind it, as a clause.
    """

    def __init__(
        self, step: int, tensor: str, largest_error: float = float("nan"), cause: str = "not known"
    ) -> None:
        by = f", by at most {largest_error:.3g}" if largest_error == largest_error else ""
        super().__init__(
            f"replay differs from the recording at step {step:,} in {tensor}{by}; likely cause: "
            f"{cause}"
        )
        self.step = step
        self.tensor = tensor
        self.largest_error = largest_error
        self.cause = cause


class NonFinite(CrnnError):
    """A NaN or infinity appeared; training stops at the last good state."""


class ExpressionError(CrnnError):
    """An expression of a breakpoint or watch is not one that this program evaluates."""


class WorkerDied(CrnnError):
    """The process that computed part of a batch has ended."""
