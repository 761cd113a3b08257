"""The ops: each one file's family, forward and backward side by side, pure.

An op is a frozen value of hyper-parameters. `init(rng)` draws its parameters,
`forward(params, x, ...)` returns the output and a typed cache of what the way back needs,
`backward(params, cache, dy)` returns the gradient of the input and of every parameter. Nothing is
kept between calls, and every op takes float32 or float64 and keeps it, so training and gradient
checks run the same text.
"""
