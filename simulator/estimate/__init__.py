"""Streaming statistics that merge, each with a standard error that holds.

``moments``, ``pairs``, ``proportion`` and ``empirical`` accumulate independent replicates; ``tally`` also those that
are drawn in groups or with control variates (``controls``), and ``rows`` those of many points at once; ``chain`` is
for draws that all depend on one another; ``equivalence`` shows that an effect is absent; ``statistic`` names what can
be predicted.
"""

from simulator.estimate.chain import autocorrelation, chain_mean, effective_sample_size, integrated_time
from simulator.estimate.empirical import Empirical
from simulator.estimate.equivalence import equivalence_p_value
from simulator.estimate.moments import SAFETY, Moments, richardson
from simulator.estimate.pairs import PairMoments, correlation, explained_variance, information, ratio
from simulator.estimate.proportion import Proportion
from simulator.estimate.rows import CONTROL, Layout, layout_of, tally_rows
from simulator.estimate.statistic import STATISTICS, Statistic, distribution, estimate, quantile
from simulator.estimate.tally import Tally

__all__ = [
    "CONTROL",
    "SAFETY",
    "STATISTICS",
    "Empirical",
    "Layout",
    "Moments",
    "PairMoments",
    "Proportion",
    "Statistic",
    "Tally",
    "autocorrelation",
    "chain_mean",
    "correlation",
    "distribution",
    "effective_sample_size",
    "equivalence_p_value",
    "estimate",
    "explained_variance",
    "information",
    "integrated_time",
    "layout_of",
    "quantile",
    "ratio",
    "richardson",
    "tally_rows",
]
