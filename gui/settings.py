"""Settings: what the window remembers between starts, in one INI file of the user's."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

LAYOUT_VERSION = 1
RECENT = 8


class Settings:
    """Typed access. `path` None is the user's own file; a screenshot uses a fresh one."""

    def __init__(self, path: Path | None = None) -> None:
        if path is None:
            folder = QStandardPaths.writableLocation(
                QStandardPaths.StandardLocation.AppConfigLocation
            )
            path = Path(folder) / "window.ini"
        self._store = QSettings(str(path), QSettings.Format.IniFormat)

    def text(self, key: str, default: str = "") -> str:
        return str(self._store.value(key, default))

    def set_text(self, key: str, value: str) -> None:
        self._store.setValue(key, value)

    def blob(self, key: str) -> QByteArray:
        """Bytes kept under this layout version; empty where there are none."""
        value = self._store.value(f"v{LAYOUT_VERSION}/{key}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_blob(self, key: str, value: QByteArray) -> None:
        self._store.setValue(f"v{LAYOUT_VERSION}/{key}", value)

    @property
    def recent(self) -> list[Path]:
        """Checkpoints opened or saved last, newest first; those that are gone are left out."""
        names = self.text("recent").split("\n")
        return [Path(name) for name in names if name and Path(name).exists()]

    def remember(self, path: Path) -> None:
        """Put a checkpoint at the head of the recent files."""
        full = path.resolve()
        names = [str(full), *(str(other) for other in self.recent if other != full)]
        self.set_text("recent", "\n".join(names[:RECENT]))

    def sync(self) -> None:
        """Write to disk now."""
        self._store.sync()
