"""The debugger: observe a state, keep states, move between them. Knows no screen."""
