"""Ops: pure values with `forward(params, x) -> (y, cache)`, `backward(params, cache, dy) -> (dx, grads)`."""
