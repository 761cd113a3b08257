"""Data: pictures with their texts, prepared for the network and addressed by (seed, step)."""
