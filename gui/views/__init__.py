"""Views: one panel a file. They never import one another; gui/window.py lists them all."""
