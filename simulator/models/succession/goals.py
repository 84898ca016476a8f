"""Goals of circuits: unit vectors, of which a later one keeps a part of that of the circuit it was built from.

    g' = overlap g + sqrt(1 - overlap^2) u,   u uniform among the unit vectors orthogonal to g.

Which circuit is built from which is a reuse graph: a tree whose edges lead from what is reused to what reuses it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.models.succession.circuits import Array
from simulator.parameter import Parameter, Range

overlap = Parameter(
    "overlap", 0.7, r"\rho", Range(-1.0, 1.0), meaning="cosine of a goal to the one it was inherited from"
)
dim = Parameter("dim", 8, "d", Range(low=2.0), meaning="number of components of a goal", integer=True)


def fresh(shape: tuple[int, ...], generator: np.random.Generator) -> Array:
    """Return goals of uniform direction, unit vectors along the first axis of the shape."""
    goal = generator.standard_normal(shape)
    return np.asarray(goal / np.sqrt(np.sum(goal**2, axis=0)))


def inherit(goal: Array, kept: float, generator: np.random.Generator) -> Array:
    """Return goals that keep a cosine to those given and are random in all other directions.

    Parameters
    ----------
    goal
        Unit vectors, shape (dim, replicates), dim >= 2.
    kept
        The cosine, from -1 to 1.
    generator
        What the other directions are drawn from.
    """
    other = generator.standard_normal(goal.shape)
    other -= goal * np.sum(goal * other, axis=0)
    other /= np.sqrt(np.sum(other**2, axis=0))
    return np.asarray(kept * goal + np.sqrt(1.0 - kept**2) * other)


def recursive_tree(count: int, replicates: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Return parents of circuits in the order they were built, shape (count, replicates): each reuses any before it.

    The first reuses nothing: its parent is itself.
    Source: random recursive trees, Drmota, Random Trees (2009), section 6.1.
    """
    before = np.maximum(np.arange(count), 1)[:, np.newaxis]
    return np.asarray(generator.random((count, replicates)) * before).astype(np.int64)


def along_tree(parents: NDArray[np.int64], kept: Array, size: int, generator: np.random.Generator) -> Array:
    """Return goals inherited along reuse trees, shape (circuits, dim, replicates).

    Parameters
    ----------
    parents
        Of circuits in an order in which parents come first, shape (circuits, replicates); one that is its own parent
        reuses nothing and draws its goal afresh.
    kept
        The overlap of each circuit with its parent, shape (circuits,).
    size
        dim, number of components.
    generator
        What is new is drawn from it.
    """
    count, replicates = parents.shape
    goals = np.empty((count, size, replicates))
    columns = np.arange(replicates)
    for circuit, parent in enumerate(parents):
        root = parent == circuit
        if np.all(root):
            goals[circuit] = fresh((size, replicates), generator)
            continue
        # Advanced indices on both sides of a slice put the replicates first.
        goals[circuit] = inherit(goals[parent, :, columns].T, kept[circuit], generator)
    return goals


def family(graph: Any) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """Return the order, the parents and the overlaps of a given reuse graph.

    Parameters
    ----------
    graph
        A ``networkx.DiGraph`` of nodes 0..K-1, edges from what is reused to what reuses it, each with an ``overlap``
        from -1 to 1; a forest of trees.

    Returns
    -------
    tuple
        Circuits in an order in which parents come first; the place in that order of each one's parent (its own for
        a root); and the overlaps, in that order. Shapes (circuits,).

    Raises ValueError, in one line, for any other graph.
    """
    import networkx

    nodes = sorted(graph)
    if nodes != list(range(len(nodes))):
        raise ValueError(f"reuse: got nodes {nodes[:4]}...; must be 0 to K - 1; relabel them")
    if not networkx.is_directed_acyclic_graph(graph) or any(degree > 1 for _, degree in graph.in_degree()):
        raise ValueError("reuse: got a graph with a cycle or a node with two parents; must be trees; leave edges out")
    order = list(networkx.topological_sort(graph))
    place = {node: index for index, node in enumerate(order)}
    parents, kept = np.arange(len(order)), np.ones(len(order))
    for parent, child, value in graph.edges(data="overlap"):
        if value is None or not -1.0 <= value <= 1.0:
            raise ValueError(f"reuse: edge {parent} to {child} has overlap {value}; must be from -1 to 1; give it one")
        parents[place[child]], kept[place[child]] = place[parent], value
    return np.array(order), parents, kept
