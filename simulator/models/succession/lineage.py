"""Lineage: who took over from whom, as a directed graph whose edges carry what of the goal was handed on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from simulator.models.succession.envelope import NOBODY, reigns


def lineage(
    presence: Sequence[float], quality: Sequence[float], overlap: float | Mapping[tuple[int, int], float],
    end: float = np.inf,
) -> Any:  # fmt: skip
    """Return the leaders of one run as a ``networkx.DiGraph``: a path, with an ``overlap`` on each edge.

    Parameters
    ----------
    presence, quality
        Of each circuit, shape (circuits,).
    overlap
        What a leader's goal keeps of the last one's, from -1 to 1: one number, or one for each pair (old, new) of
        circuits.
    end
        End of the clock, > 0.

    Returns
    -------
    networkx.DiGraph
        Nodes are the circuits that ever lead, in order, with ``since`` and ``until``; edges lead from a leader to the
        one that took over.

    Raises ValueError, in one line, for lines of unequal number or an overlap out of its range.
    """
    import networkx

    lines = [np.asarray(values, dtype=float) for values in (presence, quality)]
    if lines[0].shape != lines[1].shape or lines[0].ndim != 1 or lines[0].size == 0:
        raise ValueError(
            f"quality: got shape {lines[1].shape}; must be that of presence {lines[0].shape}; pass as many"
        )
    found = reigns(lines[0][:, np.newaxis], lines[1][:, np.newaxis], end)
    there = found.leader[:, 0] != NOBODY
    leaders, since = found.leader[there, 0].tolist(), [*found.since[there, 0].tolist(), end]
    graph = networkx.DiGraph()
    for circuit, (begins, ceases) in zip(leaders, pairwise(since), strict=True):
        graph.add_node(circuit, since=begins, until=ceases)
    for old, new in pairwise(leaders):
        graph.add_edge(old, new, overlap=_checked(overlap, old, new))
    return graph


def _checked(overlap: float | Mapping[tuple[int, int], float], old: int, new: int) -> float:
    value = float(overlap[old, new] if isinstance(overlap, Mapping) else overlap)
    if not -1.0 <= value <= 1.0:
        raise ValueError(f"overlap: got {value} from {old} to {new}; must be from -1 to 1; pass a cosine")
    return value


def retention(graph: Any, first: int | None = None, last: int | None = None) -> float:
    """Return the expected cosine of one circuit's goal to another's: the product of overlaps on the way between them.

    Parameters
    ----------
    graph
        A lineage, or any reuse graph: a directed forest with an ``overlap`` on each edge.
    first, last
        Two of its nodes; None for where it begins, or ends. Goals of two that share no ancestor have a cosine of 0.

    Raises ValueError, in one line, if a beginning or an end that was left out is not one node.
    """
    import networkx

    ends = [
        _only("first", [node for node, degree in graph.in_degree() if degree == 0]) if first is None else first,
        _only("last", [node for node, degree in graph.out_degree() if degree == 0]) if last is None else last,
    ]
    way = graph.to_undirected(as_view=True)
    if not networkx.has_path(way, *ends):
        return 0.0
    path = networkx.shortest_path(way, *ends)
    return float(np.prod([way.edges[edge]["overlap"] for edge in pairwise(path)]))


def _only(name: str, nodes: list[int]) -> int:
    if len(nodes) != 1:
        raise ValueError(f"{name}: the graph has {len(nodes)} such nodes; must be one; name the node")
    return nodes[0]


def reuse(parents: Sequence[int], overlap: float) -> Any:
    """Return the reuse graph of circuits in the order they were built: a ``networkx.DiGraph`` of one tree.

    Parameters
    ----------
    parents
        Of each circuit, the one that it reuses, built before it; the first is its own parent (as ``recursive_tree``).
    overlap
        Of every edge, from -1 to 1.
    """
    import networkx

    graph = networkx.DiGraph()
    graph.add_nodes_from(range(len(parents)))
    graph.add_edges_from(
        (int(parent), child, {"overlap": _checked(overlap, int(parent), child)})
        for child, parent in enumerate(parents)
        if int(parent) != child
    )
    return graph
