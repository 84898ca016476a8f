"""Figures of real learners beside what the law predicted of them; ``figures`` is the order of the page."""

from figures.witnesses.entrenchment import deep_networks
from figures.witnesses.grokking import network_groks

__all__ = ["deep_networks", "figures", "network_groks"]

figures = (network_groks, deep_networks)
