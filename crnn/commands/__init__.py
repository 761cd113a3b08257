"""Headless commands: the same verbs as the window, one module a command."""
