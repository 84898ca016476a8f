"""An agent as a graph: components, and the interactions among them that its goal rests on.

The graph is bipartite: a node for each component, with its relevance to capability, and one for each interaction, with
its weight, joined to the components that take part in it. The goal is a function of the situation,

    f(situation) = sum over interactions e of weight_e prod over components i in e of x_i(situation),

where x_i = -1 or 1 is what component i makes of the situation. A component that is replaced makes something unrelated
of it. So the goals before and after agree in the interactions all of whose components were kept:

    E[f f']/E[f^2] = sum over surviving e of weight_e^2 / sum over all e of weight_e^2.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

RULES = {
    "random": "any of them",
    "relevance": "those least relevant to capability",
    "centrality": "those in the fewest interactions",
}
CENTRALITIES = ("degree", "betweenness", "eigenvector")


def agent(components: int, order: int, interactions: int, generator: np.random.Generator, bias: float = 0.0) -> Any:
    """Return a random agent as a ``networkx.Graph``.

    Parameters
    ----------
    components, order, interactions
        n components, of which k take part in each of the interactions, 1 <= k <= n.
    generator
        What relevance (standard normal), members and weights (standard normal) are drawn from.
    bias
        How much more likely a relevant component takes part: members are drawn one by one, without return, with
        probability ~ exp(bias relevance).

    Returns
    -------
    networkx.Graph
        Nodes 0..n-1 are components (``part`` "component", ``relevance``), the others interactions (``part``
        "interaction", ``weight``).

    Raises ValueError, in one line, for an order beyond the number of components.
    """
    import networkx

    if not 1 <= order <= components:
        raise ValueError(f"order: got {order}; must be from 1 to the {components} components; pass fewer")
    graph = networkx.Graph()
    relevance = generator.standard_normal(components)
    graph.add_nodes_from((i, {"part": "component", "relevance": float(relevance[i])}) for i in range(components))
    chance = np.exp(bias * relevance)
    for node in range(components, components + interactions):
        graph.add_node(node, part="interaction", weight=float(generator.standard_normal()))
        members = generator.choice(components, order, replace=False, p=chance / chance.sum())
        graph.add_edges_from((int(member), node) for member in members)
    return graph


def parts(graph: Any, kind: str) -> list[int]:
    """Return the nodes of a kind, "component" or "interaction"."""
    return [node for node, part in graph.nodes(data="part") if part == kind]


def least(graph: Any, replaced: int, rule: str, generator: np.random.Generator, centrality: str = "degree") -> set[int]:
    """Return the components that a rule replaces.

    Parameters
    ----------
    graph
        An agent.
    replaced
        m, how many, from 0 to the number of components.
    rule
        "random"; "relevance": keep what is most relevant to capability, replace the rest; "centrality": keep what is
        most central among interactions.
    generator
        It decides what is random, and ties.
    centrality
        "degree" (how many interactions a component takes part in), "betweenness" or "eigenvector", on the bipartite
        graph.

    Raises ValueError, in one line, for an unknown rule or centrality or too many replaced.
    """
    from simulator.parameter import nearest

    nodes = parts(graph, "component")
    if not 0 <= replaced <= len(nodes):
        raise ValueError(f"replaced: got {replaced}; must be from 0 to the {len(nodes)} components; pass fewer")
    if rule not in RULES:
        raise ValueError(f"rule: got {rule!r}; {nearest(rule, RULES)}")
    worth: dict[int, float] = dict.fromkeys(nodes, 0.0)
    if rule == "relevance":
        worth = dict(graph.nodes(data="relevance"))
    if rule == "centrality":
        worth = _central(graph, centrality)
    by_chance = dict(zip(nodes, generator.random(len(nodes)), strict=True))
    return set(sorted(nodes, key=lambda node: (worth[node], by_chance[node]))[:replaced])


def _central(graph: Any, centrality: str) -> dict[int, float]:
    import networkx

    from simulator.parameter import nearest

    if centrality not in CENTRALITIES:
        raise ValueError(f"centrality: got {centrality!r}; {nearest(centrality, CENTRALITIES)}")
    if centrality == "eigenvector":
        return dict(networkx.eigenvector_centrality_numpy(graph))
    found: dict[int, float] = getattr(networkx, f"{centrality}_centrality")(graph)
    return found


def replace(graph: Any, components: Iterable[int]) -> Any:
    """Return what is left of an agent's goal: its graph without the interactions that a replaced component was in."""
    gone = {node for component in components for node in graph.neighbors(component)}
    return graph.subgraph([node for node in graph if node not in gone]).copy()


def retention(graph: Any, left: Any) -> float:
    """Return the share of the squared weights of interactions that is left: the correlation of the two goals."""
    before, after = (
        sum(weight**2 for node, weight in one.nodes(data="weight") if one.nodes[node]["part"] == "interaction")
        for one in (graph, left)
    )
    return float(after / before)
