"""Tests of the screen, on the offscreen platform."""
