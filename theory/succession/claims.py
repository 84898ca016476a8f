"""What the essays claim of better optimizers elsewhere in the weights, and of goals that rest on many parts."""

from __future__ import annotations

import sympy

from theory.claim import Claim
from theory.succession import expressions as e

_FIRST, _SECOND = "The first essay on random goals", "The second essay on random goals"
_SOFTMAX = (
    "circuits compete for one behavior under selection, K = the covariance of choices, so that log-shares are lines; "
    "how present a circuit is at the start and how good are drawn for each by itself"
)

claims: tuple[Claim, ...] = (
    Claim(
        key="G6b",
        title="Training ends with the best optimizer, whatever leads on the way",
        statement="The best circuit there is leads in the end, however weak it began and whoever led before it.",
        source=_FIRST,
        predictions=("succession.leader_share", "succession.first_leads", "succession.lasting_lead"),
        figure="succession",
        finding="holds when",
        condition="training outlasts what the best (2) is behind each other (1) over what it is better by, and none "
        "begins at exactly zero. There is no bound on that: most changes of the lead come early, but the last comes "
        "on a scale that has no mean. Formalized only for circuits that are there from the start: whether the best "
        "optimum of a landscape of very many dimensions is in sight of the gradient is not",
        formula=sympy.Gt(e.time, e.takeover_time, evaluate=False),
        symbols=e.SYMBOLS,
        assumption=_SOFTMAX,
    ),
    Claim(
        key="G8",
        title="A better optimizer elsewhere takes over, perhaps many times",
        statement="Before training is done another circuit that is a better optimizer takes over from the one that "
        "leads, with a goal of its own, and such shifts may happen many times.",
        source=_SECOND,
        predictions=(
            "succession.expected_successions", "succession.successions_until", "succession.exponential_successions",
            "succession.first_leads", "succession.lasting_lead", "succession.leader_share",
        ),
        figure="how_often",
        finding="holds when",
        condition="what is present first is not what is best (correlation below one) and training goes on: of "
        "independent circuits another takes over with probability 1 - 1/K (by symmetry, whatever the law they are "
        "drawn from). More than once on average where the formula holds. But many times it is not: of normal circuits "
        "as the root of the logarithm of how many there are, 2.2 times of a hundred and 4.3 of a million; of "
        "exponential ones as that logarithm's logarithm; and heavy tails bring it down toward a single takeover in "
        "the figure's simulations, of which nothing is predicted",
        formula=sympy.Gt(e.expected_successions, 1, evaluate=False),
        symbols=e.SYMBOLS,
        assumption=_SOFTMAX + "; no new circuits come up on the way",
    ),
    Claim(
        key="G9",
        title="Components reused without their interactions lose the goal",
        statement="If the components together work to some goal, and those most relevant to achieving goals are kept "
        "while the others are thrown away, the goal is no longer achieved.",
        source=_SECOND,
        predictions=(
            "succession.surviving_interactions", "succession.surviving_goal", "succession.kept_for_relevance",
        ),
        figure="interactions",
        finding="holds when",
        condition="the goal rests on interactions of k components and so large a part f of them is replaced that less "
        "than half of it is left (many components; of few, C(n - k, m)/C(n, m)). What is kept for its relevance to "
        "capability saves no more than what is kept by chance, unless the goal rests on the same components, and less "
        "if it rests on others. A goal that rests on single components is only thinned out",
        formula=sympy.Lt((1 - e.fraction) ** e.order, sympy.Rational(1, 2), evaluate=False),
        symbols=e.SYMBOLS,
        assumption="the goal is a sum of products of k components' behavior, members of which are drawn without regard "
        "to one another; a component that is replaced behaves unlike the old one",
    ),
    Claim(
        key="G10b",
        title="Faking is not preserving: another faker takes over",
        statement="Though an agent fakes alignment as well as it can, its goal is not preserved: another faker with "
        "another goal does it better and takes over.",
        source=_FIRST,
        predictions=(
            "succession.goal_retention", "succession.run_retention", "succession.reuse_retention",
            "succession.blend_overlap", "succession.expected_successions", "succession.first_leads",
        ),
        figure="retention",
        finding="holds when",
        condition="a circuit that takes over keeps less than all of the goal (overlap below one); then the part that n "
        "takeovers leave is the overlap to the n-th power. As takeovers are few, a large overlap still leaves much of "
        "the goal: it is lost for good where successors are not built from the one before them",
        formula=sympy.Lt(e.goal_retention, 1, evaluate=False),
        symbols=e.SYMBOLS,
        assumption=_SOFTMAX + "; all fake equally, so that goals have no part in quality; what is new in a goal is "
        "random",
    ),
)  # fmt: skip
