"""Family trees of small populations as graphs: who descends from whom, and from whom all do."""

from __future__ import annotations

from typing import Any

import numpy as np

Node = tuple[int, int]
"""An individual: its generation, founders being generation 0, and its number in it."""


def genealogy(parents: Any) -> Any:
    """Return the family tree of a population.

    Parameters
    ----------
    parents
        Per generation from the first on, and per individual, the number of its parent in the generation before:
        shape (generations, individuals), such as one replicate of the population level's measure ``parents`` at times
        1, 2, 3, ...; or (generations, individuals, parents) where they have several.

    Returns
    -------
    networkx.DiGraph
        A node (generation, individual) for every individual, generation 0 being the founders, with the attribute
        ``generation``; an edge from each parent to each of its offspring. The graph's attributes ``generations`` and
        ``individuals`` say how many there are.

    Raises
    ------
    ValueError
        In one line, for another shape, or a number that is no individual of the generation before.
    """
    import networkx

    table = _checked(parents)
    generations, individuals, _ = table.shape
    graph = networkx.DiGraph(generations=generations, individuals=individuals)
    for generation in range(generations + 1):
        graph.add_nodes_from(((generation, one) for one in range(individuals)), generation=generation)
    for generation, begotten in enumerate(table.tolist(), start=1):
        for child, begetters in enumerate(begotten):
            graph.add_edges_from(((generation - 1, parent), (generation, child)) for parent in begetters)
    return graph


def _checked(parents: Any) -> Any:
    array = np.asarray(parents)
    if array.ndim not in (2, 3) or 0 in array.shape:
        raise ValueError(
            f"parents: got shape {array.shape}; must be (generations, individuals); pass one population's parents"
        )
    whole = array == np.floor(array)
    if not np.all(whole & (array >= 0) & (array < array.shape[1])):
        raise ValueError(
            f"parents: got a number that is none of 0 to {array.shape[1] - 1}; founders have none; begin with time 1"
        )
    return array.astype(np.int64).reshape(*array.shape[:2], -1)


def common_ancestors(graph: Any) -> list[Node]:
    """Return the most recent individuals from whom the whole last generation descends, at most one with one parent.

    Parameters
    ----------
    graph
        From `genealogy`.

    Returns
    -------
    list
        Nodes of one generation, the latest that has such individuals; empty if no founder is an ancestor of all.

    Source: for two parents, Chang, Advances in Applied Probability 31 (1999) 1002.
    """
    generations, individuals = graph.graph["generations"], graph.graph["individuals"]
    # Per individual, as bits, who of the last generation descends from it.
    heirs = [1 << one for one in range(individuals)]
    everyone = (1 << individuals) - 1
    for generation in range(generations - 1, -1, -1):
        earlier = [0] * individuals
        for one in range(individuals):
            for _, child in graph.successors((generation, one)):
                earlier[one] |= heirs[child]
        heirs = earlier
        found = [(generation, one) for one in range(individuals) if heirs[one] == everyone]
        if found:
            return found
    return []


def ancestor_age(graph: Any) -> float:
    """Return how many generations ago the most recent common ancestor of the last one lived, NaN if there is none.

    For a neutral Wright-Fisher population of N with one parent each, after many generations, its mean is close to
    2 N (1 - 1/N): Kingman, Stochastic Processes and their Applications 13 (1982) 235. ``graph`` is from `genealogy`.
    """
    found = common_ancestors(graph)
    return float(graph.graph["generations"] - found[0][0]) if found else float("nan")


def ancestry(graph: Any) -> Any:
    """Return the part of a family tree, as a view, that the last generation descends from, that generation included."""
    import networkx

    generations, individuals = graph.graph["generations"], graph.graph["individuals"]
    living = [(generations, one) for one in range(individuals)]
    kept = set(living).union(*(networkx.ancestors(graph, one) for one in living))
    return graph.subgraph(kept)
