"""What the essays claim of grokking: that the better circuit was in sight all along, and that decay brings it."""

from __future__ import annotations

import sympy

from theory.claim import Claim
from theory.grokking import expressions as e

_GAP = e.generalizing_efficiency - e.memorizing_efficiency
_WAIT = _GAP * sympy.log(2 * e.memorizing_share) + e.memorizing_efficiency * sympy.log(
    e.memorizing_share / (1 - e.memorizing_share)
)
# At depth two the start does not matter, and this is the critical size.
_GROKS = e.hysteresis.subs(e.memorizing_efficiency, e.reference_efficiency)
_SNAP = sympy.log(9) * (e.generalizing_efficiency + e.memorizing_efficiency)

claims: tuple[Claim, ...] = (
    Claim(
        key="G7",
        title="The general solution is in sight from the start and snaps into place late",
        statement="The gradient points at the general solution too from the first step on, long before it shows in "
        "behavior; when it is precise enough it takes over quickly.",
        source="The second essay on random goals, in a note",
        predictions=(
            "grokking.visible_from_start", "grokking.clock", "grokking.clock_of_weights",
            "grokking.grokking_time_logistic", "grokking.snap_duration", "grokking.path_independence",
        ),
        figure="grokking_snap",
        finding="holds when",
        condition="the general circuit is the more efficient one and starts so small beside the other that waiting "
        "outlasts the snap (the formula, for depth two, from the floor of the loss); a bigger start leads before the "
        "loss is done, without any waiting. In sight it always is: its gradient is h_G g_G^(1 - 1/L)/(h_M g_M^(1 - "
        "1/L)) of the other's, never zero. But the snap is no threshold of precision: it lasts ln 9 (h_G + h_M)/(h_G - "
        "h_M) half decay times from whatever start, and only the waiting grows, with the logarithm of the odds. Beyond "
        "depth two, decay outweighs the gradient on a circuit that does not lead in h g^(1 - 2/L): it is in sight and "
        "shrinks nonetheless",
        formula=sympy.Gt(_WAIT, _SNAP, evaluate=False),
        symbols=e.SYMBOLS,
        assumption="circuits add up in one margin and are products of L weights under gradient descent, K = L g^(2 - "
        "2/L); how efficient each is, and that the general one is there from the start, is given",
        network="In a network that groks, the law fitted to a run's own early phase says when that run will jump, to a "
        "few per cent: the general solution can be read off the weights long before it shows.",
    ),
    Claim(
        key="W6",
        title="Simplification by decay is the cleanup phase of grokking",
        statement="What weight decay does to features that the loss leaves free is what cleans up a network that "
        "groks: it removes the memorizing circuit because another does the same for less weight.",
        source="The note on weight decay",
        predictions=(
            "grokking.clock_held", "grokking.grokking_time", "grokking.grokking_exponent", "grokking.transition_slope",
            "grokking.critical_data_size", "grokking.ungrokking_time", "grokking.hysteresis",
            "grokking.coexistence_ratio",
        ),
        figure="grokking_time",
        finding="holds when",
        condition="weights decay, products are of at least two weights, and there are more data than the critical "
        "size, at which both circuits buy as much margin for their weight, times what the start counts for in deeper "
        "products (p_M is the memorizing share; at depth two it does not count); below it the same decay ungroks. The "
        "time is exactly proportional to one over decay where the loss holds the margin, and nearly so (exponents of "
        "some -0.88 to -0.99, memorization included) where a logistic floor creeps. Below depth two nothing is "
        "cleaned up entirely: circuits coexist; beyond it, the start decides with the data, and the critical size "
        "splits in two. The checks are of features that add up; that a network's own cleanup is this is a likeness",
        formula=sympy.And(
            sympy.Gt(e.weight_decay, 0, evaluate=False), sympy.Ge(e.depth, 2, evaluate=False),
            sympy.Gt(e.data_size, _GROKS, evaluate=False), evaluate=False,
        ),
        symbols=e.SYMBOLS,
        assumption="K = L g^(2 - 2/L), as for products of L weights, each with the same decay; the memorizing "
        "circuit's efficiency falls with the data as a power, h_M(D) = h_0 (D_0/D)^gamma",
        network="A network that groks bears it out in part. Its waiting lengthens with one over decay as the law says. "
        "But the cleanup is not whole: about a fifth of the margin stays memorized for good, where the law of two "
        "separate circuits has none left, it takes more than twice as long, and the critical data size is a third "
        "larger than the law's. What stays is "
        "no circuit of its own: weights that both solutions share are paid for once.",
    ),
)  # fmt: skip
