"""The screen: PySide6 and pyqtgraph. Holds no truth of its own."""
