"""The engine of CRNN Debugger."""
