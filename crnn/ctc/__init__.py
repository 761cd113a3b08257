"""Connectionist temporal classification: loss, gradient, alignments, decoding.

Conventions, kept everywhere (Graves et al. 2006; Graves 2012, "Supervised Sequence Labelling with
Recurrent Neural Networks", ch. 7):

- Class 0 is blank. A path names one class a frame; it spells a label by first merging equal
  neighbours, then dropping blanks. P(label) is the sum over the paths that spell it.
- The lattice of a label of L symbols has S = 2L + 1 states: blank, first symbol, blank, ..., blank.
  A path may stay, step to the next state, or skip a blank between two different symbols. A label
  therefore needs L + (number of equal neighbours) frames.
- log_alpha[t, s] includes frame t, log_beta[t, s] excludes it, so that in every frame
  log gamma = log_alpha + log_beta - log P(label), with no correction.
- Loss is -log P(label) in nats. Its gradient with respect to the logits is softmax - posterior,
  posterior[t, k] being gamma summed over the states of class k.
- What is handed out is float64 logarithms; what cannot be reached is -inf. For the loss alone
  `linear` sums plain probabilities where it can prove the result, `lattice` logarithms elsewhere.
"""
