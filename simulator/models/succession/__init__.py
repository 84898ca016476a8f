"""succession: better optimizers elsewhere in the weights take over, one after another, each with a goal of its own.

K circuits share what the network does. On the clock of training tau, circuit k has the share

    p_k(tau) = exp(presence_k + quality_k tau)/sum_j exp(presence_j + quality_j tau),

the softmax that solves dp_k = p_k (quality_k - mean quality) dtau: the one law with the reward sum_k quality_k p_k and
selection among behaviors for K. The circuit with the largest share leads, so the leaders are the upper envelope of K
lines. What the network pursues is the blend sum_k p_k g_k of goals; a circuit that reuses components of another has a
part of its goal. A goal that rests on interactions of components is lost with any of them.

``circuits`` draws the lines, ``envelope`` finds the leaders, ``leaders`` counts them and passes goals on, ``shares``
follows the softmax and its blend (noise in quality included), ``components`` and ``replacement`` are goals on graphs of
components, ``lineage`` is the graph of leaders.
"""

from __future__ import annotations

from simulator.models.succession.blend import pursued
from simulator.models.succession.components import RULES
from simulator.models.succession.leaders import chain, run
from simulator.models.succession.replacement import replacing

succession = run()
until = run(ends=True)
inheritance = chain()
blended = pursued()
variants = tuple(replacing(rule) for rule in RULES)
