"""What the essay claims of gradients through a probe, and of the price of removing misbehavior."""

from __future__ import annotations

import sympy

from theory.claim import Claim
from theory.probe_selection import expressions_rotation as e

_SYMBOLS = {**e.SYMBOLS, e.ratio: r"\frac{K_m}{K_\phi}"}
_FIRST, _SECOND, _TIMES = sympy.symbols("first_ratio second_ratio times", positive=True)
_APART = sympy.And(
    sympy.Gt(_FIRST / _SECOND, _TIMES, evaluate=False),
    sympy.Gt(e.angle, 0, evaluate=False), sympy.Lt(e.angle, sympy.pi / 2, evaluate=False), evaluate=False,
)  # fmt: skip

claims: tuple[Claim, ...] = (
    Claim(
        key="P3",
        title="A gradient through the probe rotates the representation",
        statement="Put the probe in the loss, and the cheapest way to a low score is to turn the feature out of the "
        "probe's sight: the misbehavior stays, and the technique fails.",
        source="The essay on training on interpretability, its second scenario",
        predictions=(
            "probe_selection.residual_misbehavior", "probe_selection.elimination_threshold",
            "probe_selection.raw_residual", "probe_selection.punished_strength",
        ),
        figure="rotation",
        finding="holds when",
        condition="turning the feature is cheap beside weakening it: ease_m/ease_phi below the threshold of the "
        "formula, m_0^2/(2 ln(1/sin phi_0)). Above it the same gradient removes all of it before the probe is blind; "
        "in between it leaves sqrt(m_0^2 - 2 (ease_m/ease_phi) ln(1/sin phi_0)). A feature that is a raw vector under "
        "plain gradient descent always keeps m_0 sin phi_0, what the probe missed to begin with: all is removed only "
        "if the probe misses nothing. It is the ratio that rotates, not the gradient: selection among rollouts whose "
        "angles vary enough does the same, the ratio being sigma_m^2/sigma_phi^2. A reward that also pays for "
        "negative scores is worse: beyond the blind direction the misbehavior grows again, without limit",
        formula=sympy.Lt(e.ratio, e.elimination_threshold, evaluate=False),
        symbols=_SYMBOLS,
        assumption="the misbehavior is one feature of a strength and a direction, constant K_m and K_phi, a probe "
        "that is not retrained, and no noise on the direction; how easily a network turns a feature is data here, not "
        "explained",
    ),
    Claim(
        key="P5",
        title="Techniques trade misbehavior against interpretability at very different rates",
        statement="Every pressure on a probe removes some misbehavior and some of the probe's accuracy; techniques "
        "differ vastly in the ratio, and there is a principled way to reason about it.",
        source="The essay on training on interpretability",
        predictions=(
            "probe_selection.frontier_slope", "probe_selection.frontier", "probe_selection.probe_auc",
            "probe_selection.residual_of_selection", "probe_selection.angle_at_elimination",
        ),
        figure="frontier",
        finding="holds when",
        condition="their ratios rho = K_m/K_phi differ as much, and the feature starts in the probe's sight but not "
        "on its axis. Then the misbehavior removed per AUC lost at reference strength begins at rho times a factor of "
        "the probe alone: one technique trades x times as well as another on the same probe where its rho is x times "
        "as large (the formula), sigma_m^2/sigma_phi^2 of what it selects among or ease_m/ease_phi of what it "
        "differentiates. That is the principled part. At the start that is all; further on, above the threshold, the "
        "price of removing everything is finite, the angle arcsin(sin(phi_0) exp(m_0^2 K_phi/(2 K_m))). On the axis "
        "itself nothing turns, and removal costs no technique anything. That the ratios of real techniques differ "
        "vastly is not shown by any check. Noise on the direction costs AUC under every technique alike, and without "
        "any",
        formula=_APART,
        symbols={**_SYMBOLS, _FIRST: r"\rho_1", _SECOND: r"\rho_2", _TIMES: "x"},
        assumption="interpretability is the AUC of the given probe at the strength of the start, equal-variance normal "
        "scores; the same feature under every technique, K_m/K_phi constant on the way",
    ),
)  # fmt: skip
