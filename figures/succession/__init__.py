"""Figures of succession, idea by idea; ``figures`` is the order in which a reader meets them."""

from figures.succession.course import succession
from figures.succession.how_often import how_often
from figures.succession.interactions import interactions
from figures.succession.lineage import lineage
from figures.succession.retention import retention

__all__ = ["figures", "how_often", "interactions", "lineage", "retention", "succession"]

figures = (succession, how_often, retention, interactions, lineage)
