"""From rewards to parents: who reproduces, for many populations at once.

Every scheme takes rewards (replicates, individuals) and a Generator, and returns parents (replicates, offspring): for
each offspring the index of its parent in its own population, in increasing order. Given who the parents are, offspring
are exchangeable, so the order costs nothing; whoever needs random pairs permutes.

Given the rewards (and the ties and groups that a scheme draws first) the offspring of a population choose their
parents independently, each with the same probabilities: offspring numbers are multinomial, as in the Wright-Fisher
model. Systematic or stratified resampling would leave the means and shrink the variances; it is not used.
"""

from simulator.selection.advantage import advantage, group_normalized
from simulator.selection.multinomial import multinomial
from simulator.selection.schemes import proportional, softmax, tournament, truncation

__all__ = ["advantage", "group_normalized", "multinomial", "proportional", "softmax", "tournament", "truncation"]
