"""Fast forms of ops, for `Config.kernels = "fast"`: the same mathematics by other means.

Each module's docstring explains the step from the plain form in `crnn.ops`, which stays its tested
reference: float64 agrees to 1e-10, float32 gradients stay within 2e-6 of the largest.
"""
