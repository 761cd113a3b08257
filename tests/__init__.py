"""Tests: mirror crnn/ and gui/."""
