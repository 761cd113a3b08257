"""Style: the tokens as QPalette and style sheet (Fusion below). No borders, radius 4, one accent.

Only stock widgets need this (menus, dialogs, scroll bars, tool tips); panels paint themselves.
"""

from __future__ import annotations

from string import Template

from PySide6.QtGui import QColor, QPalette

import assets
from gui.look import Look
from gui.palette import Theme

_SHEET = Template("""
QMainWindow, QMainWindow::separator { background: $bg0; }
QMainWindow::separator { width: 4px; height: 4px; }
QMainWindow::separator:hover, QSplitter::handle:hover { background: $acc; }
QSplitter::handle { background: $bg0; }
QDockWidget { background: $bg1; }
#top { background: $bg2; }
QMenuBar { background: transparent; color: $t2; spacing: 0; padding: 0; border: 0; }
QMenuBar::item { padding: ${menu}px 10px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: $bg3; color: $t1; }
QMenu { background: $bg2; color: $t1; border: 1px solid $line2; padding: 4px; }
QMenu::item { padding: 5px 28px 5px 24px; border-radius: 4px; }
QMenu::item:selected { background: $bg3; }
QMenu::item:disabled { color: $dim; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::indicator { width: 13px; height: 13px; left: 6px; }
QMenu::indicator:checked { image: url($check); }
QToolBar { background: $bg2; border: 0; padding: 0; spacing: 0; }
QStatusBar { background: $bg2; border: 0; }
QStatusBar::item { border: 0; }
QToolTip { background: $bg3; color: $t1; border: 1px solid $line2; padding: 3px 6px; }
QTabBar { background: $bg2; border: 0; qproperty-drawBase: 0; }
QTabBar::tab { background: $bg2; color: $t2; height: ${tab}px; padding: 0 12px; border: 0; }
QTabBar::tab:selected { background: $bg1; color: $t1; border-top: 2px solid $acc; }
QDialog { background: $bg1; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
CommandPalette { background: $bg2; border: 1px solid $line2; }
CommandPalette QListView { background: transparent; }
QLabel { color: $t1; background: transparent; }
QLabel[role="hint"] { color: $t3; }
QLabel[role="error"] { color: $err; }
QPushButton { background: $bg3; color: $t1; border: 1px solid $bg3; border-radius: 4px;
  padding: 4px 14px; min-height: 18px; }
QPushButton:hover { border-color: $line2; }
QPushButton:focus { border-color: $acc; }
QPushButton:default { background: $accfill; color: #FFFFFF; border-color: $accfill; }
QPushButton:default:focus { border-color: $acc; }
QPushButton:disabled { background: $bg2; color: $dim; border-color: $bg2; }
QLineEdit, QPlainTextEdit, QComboBox, QSpinBox, QDoubleSpinBox { background: $canvas; color: $t1;
  border: 1px solid $line2; border-radius: 4px; padding: 3px 6px; min-height: 18px;
  selection-background-color: $accfill; selection-color: #FFFFFF; }
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QSpinBox:focus { border-color: $acc; }
QLineEdit:disabled, QComboBox:disabled { color: $dim; }
QComboBox::drop-down { border: 0; width: 20px; }
QComboBox::down-arrow { image: url($down); width: 13px; height: 13px; }
QComboBox QAbstractItemView { background: $bg2; color: $t1; border: 1px solid $line2;
  selection-background-color: $accbg; selection-color: $t1; outline: 0; }
QSpinBox::up-button, QSpinBox::down-button { width: 0; border: 0; }
QListView, QTreeView { background: $bg1; color: $t1; border: 0; outline: 0; }
QListView::item { padding: 5px 8px; border-radius: 4px; }
QListView::item:selected { background: $accbg; color: $t1; }
QTreeView::item { padding: 2px 0; }
QHeaderView { background: $bg1; }
QHeaderView::section { background: $bg1; color: $t3; border: 0; padding: 2px 4px; }
QProgressBar { background: $bg3; border: 0; border-radius: 3px; min-height: 6px; max-height: 6px; }
QProgressBar::chunk { background: $accfill; border-radius: 3px; }
QTableView { background: $canvas; color: $t1; border: 0; outline: 0;
  selection-background-color: $accbg; }
QTableView::item { padding: 0 8px; border: 0; }
QTableView::item:selected { background: $accbg; color: $t1; }
QHeaderView { background: $bg1; border: 0; }
QHeaderView::section { background: $bg1; color: $t3; border: 0; padding: 4px 8px; }
QProgressBar { background: $bg3; border: 0; border-radius: 2px; }
QProgressBar::chunk { background: $acc; border-radius: 2px; }
QCheckBox { color: $t1; spacing: 8px; }
QCheckBox::indicator { width: 13px; height: 13px; background: $canvas; border: 1px solid $t3;
  border-radius: 3px; }
QCheckBox::indicator:focus { border-color: $acc; }
QCheckBox::indicator:checked { image: url($check); }
QRadioButton { color: $t1; spacing: 8px; }
QRadioButton:disabled { color: $dim; }
QRadioButton::indicator { width: 13px; height: 13px; background: $canvas; border: 1px solid $t3;
  border-radius: 7px; }
QRadioButton::indicator:focus { border-color: $acc; }
QRadioButton::indicator:checked { width: 5px; height: 5px; background: $canvas;
  border: 5px solid $acc; }
QScrollBar { background: transparent; border: 0; }
QScrollBar:vertical { width: 8px; margin: 0; }
QScrollBar:horizontal { height: 8px; margin: 0; }
QScrollBar::handle { background: $line2; border-radius: 3px; margin: 1px; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::handle:hover { background: $t3; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
""")


def stylesheet(look: Look) -> str:
    """The sheet of the theme and type scale in force."""
    theme = look.theme
    roles = {
        name: value
        for name, value in vars(theme).items()
        if isinstance(value, str) and value.startswith("#")
    }
    line = look.px(16)
    return _SHEET.substitute(
        roles,
        dim=_dim(theme).name(),
        menu=max(0, (look.px(28) - line) // 2),
        tab=look.px(24),
        check=_asset(f"check-{theme.name}"),
        down=_asset(f"chevron-down-{theme.name}"),
    )


def qpalette(theme: Theme) -> QPalette:
    """What Fusion itself draws (focus, text cursors, native parts) in the theme's colours."""
    roles = {
        QPalette.ColorRole.Window: theme.bg1,
        QPalette.ColorRole.WindowText: theme.t1,
        QPalette.ColorRole.Base: theme.canvas,
        QPalette.ColorRole.AlternateBase: theme.bg2,
        QPalette.ColorRole.ToolTipBase: theme.bg3,
        QPalette.ColorRole.ToolTipText: theme.t1,
        QPalette.ColorRole.Text: theme.t1,
        QPalette.ColorRole.PlaceholderText: theme.t3,
        QPalette.ColorRole.Button: theme.bg3,
        QPalette.ColorRole.ButtonText: theme.t1,
        QPalette.ColorRole.Highlight: theme.accfill,
        QPalette.ColorRole.HighlightedText: "#FFFFFF",
        QPalette.ColorRole.Link: theme.acc,
    }
    palette = QPalette()
    for role, color in roles.items():
        palette.setColor(role, QColor(color))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, _dim(theme))
    return palette


def _dim(theme: Theme) -> QColor:
    """Disabled: t3 at 60 % over a panel header."""
    over, under = QColor(theme.t3), QColor(theme.bg2)
    return QColor(
        round(0.6 * over.red() + 0.4 * under.red()),
        round(0.6 * over.green() + 0.4 * under.green()),
        round(0.6 * over.blue() + 0.4 * under.blue()),
    )


def _asset(name: str) -> str:
    return assets.path("icons", f"{name}.svg").as_posix()
