"""Figures of real learners beside what the law predicted of them; ``figures`` is the order of the page."""

from figures.witnesses.ensemble import free_goals
from figures.witnesses.entrenchment import deep_networks
from figures.witnesses.grokking import network_groks
from figures.witnesses.policy import overlooked_traits, watched_policy

__all__ = ["deep_networks", "figures", "free_goals", "network_groks", "overlooked_traits", "watched_policy"]

figures = (network_groks, deep_networks, watched_policy, overlooked_traits, free_goals)
