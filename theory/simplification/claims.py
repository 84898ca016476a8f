"""What the essays claim of simplicity: that goals end up short, wherever they began, and what would stop it."""

from __future__ import annotations

import sympy

from theory.claim import Claim
from theory.simplification import expressions as e

_NOTE = "The note on weight decay"
_RANDOM = "The essays on random goals"
_PRODUCTS = (
    "features add up in one drive and are products of L weights of equal decay under gradient descent, "
    "K = L g^(2 - 2/L); the loss is flat in everything but the drive, and what is simple gives more drive per weight"
)
_SIMPLER, _LEADER = (
    e.SHOWN["winner"].subs({e.efficiency: efficiency, e.start: start})
    for efficiency, start in ((e.efficiency_1, e.start_1), (e.efficiency_2, e.start_2))
)
_AT_LEAST_TWO = sympy.Ge(e.depth, 2, evaluate=False)
_SIMPLE = sympy.And(_AT_LEAST_TWO, sympy.Gt(_SIMPLER, _LEADER, evaluate=False), evaluate=False)
_HALF_LIFE, _FROZEN_AT = sympy.symbols("half_life frozen_at", positive=True)
_TIMES = {_HALF_LIFE: r"t_{1/2}", _FROZEN_AT: "t_F"}

claims: tuple[Claim, ...] = (
    Claim(
        key="G4",
        title="There is a bias to short descriptions",
        statement="Random as goals are, those with a short description are favored.",
        source=_RANDOM,
        predictions=(
            "simplification.mean_description_length", "simplification.first_bit_memory", "simplification.winner",
        ),
        figure="description_length",
        finding="holds when",
        condition="a bit costs more than ln 2, for each bit more doubles the number of goals: below that pressure "
        "counting wins, and the goals are as long as they can be, and random; the change is the sharper the longer "
        "they may be. Where weights decay, simple means cheap in weight, and the claim is W1",
        formula=sympy.Gt(e.inverse_temperature, sympy.log(2), evaluate=False),
        symbols=e.SYMBOLS,
        assumption="training, or its prior, weighs a goal by exp(-pressure times length), and goals are all bit "
        "strings up to some length",
    ),
    Claim(
        key="G6",
        title="Optimization reaches distant optima whatever the path",
        statement="Where training ends does not depend on where it began, or on which circuits it passed through.",
        source=_RANDOM,
        predictions=(
            "simplification.winner", "simplification.coexistence", "simplification.depth_of_entrenchment",
            "simplification.shares",
        ),
        figure="simple_or_entrenched",
        finding="holds when",
        condition="features are products of at most two weights, none starts at exactly zero, and of two weights no "
        "two are equally efficient (equals keep their ratio); in deeper products the start has a part in the end: the "
        "largest h g(0)^(1 - 2/L) wins, and what is far enough behind is never reached. Formalized only for features "
        "that add up in one drive: what high-dimensional landscapes make visible is not",
        formula=sympy.Le(e.depth, 2, evaluate=False),
        symbols=e.SYMBOLS,
        assumption=_PRODUCTS,
    ),
    Claim(
        key="W1",
        title="Decay simplifies what can be simplified without loss",
        statement="Weight decay makes simpler whatever can be made simpler without harming the loss.",
        source=_NOTE,
        predictions=(
            "simplification.shares", "simplification.trained_shares", "simplification.clock", "simplification.winner",
            "simplification.coexistence", "simplification.depth_of_entrenchment", "simplification.effective_features",
            "simplification.effective_features_entropy", "simplification.weight_cost", "simplification.balance_decay",
        ),
        figure="simple_or_entrenched",
        finding="holds when",
        condition="products are of at least two weights, and the simpler feature 1 wins against every other 2 (the "
        "formula): at depth two always; deeper, up to the depth of entrenchment, if the other is far enough ahead for "
        "there to be one. The weights' cost falls always; but below "
        "two weights several features stay, in shares h^(2/(2 - L)), and in deep products what is left is the "
        "entrenched feature, simple or not",
        formula=_SIMPLE,
        symbols=e.SYMBOLS,
        assumption=_PRODUCTS,
    ),
    Claim(
        key="W2",
        title="The goals of deceivers drift to simpler ones",
        statement="A model that plays along whatever its goal should expect its goal to become simpler.",
        source=_NOTE,
        predictions=(
            "simplification.shares", "simplification.trained_shares", "simplification.clock", "simplification.winner",
            "simplification.depth_of_entrenchment",
        ),
        figure="softmax_clock",
        finding="holds when",
        condition="as W1: at depth two the simplest feature of the goal takes all of it within some decay times, "
        "whatever the goal was; beyond the depth of entrenchment the goal crystallizes on the feature that led "
        "instead. Only for what the reward leaves free: that a deceiver's reward sees nothing but the drive is G1, "
        "and has G1's conditions",
        formula=_SIMPLE,
        symbols=e.SYMBOLS,
        assumption=_PRODUCTS + "; the reward does not see which features the goal rests on",
    ),
    Claim(
        key="W3",
        title="Aligned goals decay too, to a simple proxy",
        statement="Even a perfectly aligned model does not stay aligned: decay pushes its goal to a simple proxy.",
        source=_NOTE,
        predictions=(
            "simplification.alignment", "simplification.alignment_half_life", "simplification.winner",
            "simplification.shares",
        ),
        figure="aligned_to_proxy",
        finding="holds when",
        condition="products are of at least two weights and training outlasts a half-life, which is exactly "
        "proportional to one over weight decay. One feature is left, with the cosine b_w/|b|: the simplest at depth "
        "two and wherever the goal was even; a feature that weighs most in the goal itself if products are deep. "
        "Below depth two a blend stays, and so does part of the alignment",
        formula=sympy.And(_AT_LEAST_TWO, sympy.Gt(e.time, _HALF_LIFE, evaluate=False), evaluate=False),
        symbols={**e.SYMBOLS, **_TIMES},
        assumption=_PRODUCTS + "; the reward does not see which features the goal rests on",
    ),
    Claim(
        key="W4",
        title="Freezing the weights stops it",
        statement="A goal whose weights are frozen stops drifting.",
        source=_NOTE,
        predictions=("simplification.frozen_shares", "simplification.alignment_half_life"),
        figure="aligned_to_proxy",
        finding="holds when",
        condition="all of the goal is frozen, and before a half-life has passed. Of a part, the share of the drive "
        "that it had when it was frozen is kept for good, and the rest goes on simplifying within what is left",
        formula=sympy.And(
            sympy.Eq(e.frozen_drive, 1, evaluate=False), sympy.Lt(_FROZEN_AT, _HALF_LIFE, evaluate=False),
            evaluate=False,
        ),
        symbols={**e.SYMBOLS, **_TIMES},
        assumption="who freezes knows which weights the goal rests on; frozen weights neither decay nor learn, and "
        "the loss sees the drive of frozen and free features alike",
    ),
)  # fmt: skip
