"""CTC: the lattice of all alignments, the loss on it, its best path, and decoding."""
