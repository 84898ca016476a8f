"""Figures of probe selection, idea by idea; ``figures`` is the order in which a reader meets them."""

figures = ()
