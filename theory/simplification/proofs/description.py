"""Why descriptions have the lengths they have: sums over the tree, its balance, and its spectrum."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from simulator.models.simplification.strings import tree
from theory.lemmas import equals_numerically, vanishes
from theory.obligation import Obligation
from theory.simplification import expressions as e
from theory.simplification import formulas

POINTS = [
    {"inverse_temperature": beta, "max_length": n}
    for beta, n in ((0.3, 5), (float(np.log(2.0)), 12), (float(np.log(2.0)) + 1e-7, 40), (0.75, 300), (2.0, 7))
]
TREES = [{"inverse_temperature": beta, "max_length": n} for beta, n in ((0.0, 4), (0.4, 5), (0.9, 6), (2.5, 3))]


def mean_description_length() -> tuple[Obligation, ...]:
    """Prove the mean length, its value n/2 at beta = ln 2, and that the walk settles to the weights summed."""
    moves, graph = transitions(0.4, 4)
    weight = np.array([np.exp(-0.4 * graph.nodes[node]["length"]) for node in graph])
    flow = weight[:, np.newaxis] * moves
    length, n = sympy.symbols("l n", integer=True, positive=True)
    return (
        *(_sum_of(n) for n in (1, 2, 5)),
        Obligation("n/2 at beta = ln 2", float(formulas.mean_description_length(np.log(2.0), 9)) == 4.5),
        equals_numerically("NumPy equals the sum", formulas.mean_description_length, by_sum, POINTS),
        Obligation("detailed balance on the tree", bool(np.allclose(flow, flow.T, rtol=1e-13, atol=0.0))),
        vanishes(
            "the slope there, minus the variance, is -n (n + 2)/12: sharp as n grows",
            sympy.summation(length**2, (length, 0, n)) / (n + 1) - (n / 2) ** 2 - n * (n + 2) / 12,
        ),
    )  # fmt: skip


def _sum_of(n: int) -> Obligation:
    """Oblige the closed form to be the weighted mean of the lengths up to n."""
    x = sympy.Symbol("x", positive=True)
    closed = e.mean_description_length.subs(e.max_length, n).subs(sympy.exp(-e.inverse_temperature), x / 2)
    lengths = sympy.Add(*(length * x**length for length in range(n + 1)))
    return vanishes(
        f"equals the mean over lengths 0 to {n}", closed - lengths / sympy.Add(*(x**k for k in range(n + 1)))
    )


def by_sum(inverse_temperature: float, max_length: int) -> float:
    """Return the mean length by summing over lengths, 2^l strings each."""
    lengths = np.arange(max_length + 1)
    weights = np.exp((np.log(2.0) - inverse_temperature) * lengths)
    return float(weights @ lengths / weights.sum())


def transitions(inverse_temperature: float, max_length: int) -> tuple[Any, Any]:
    """Return the walk's transition matrix (from, to) over the whole tree, node by node, and the tree."""
    graph = tree(max_length)
    place = {node: index for index, node in enumerate(graph)}
    moves = np.zeros((len(place), len(place)))
    for parent, child in graph.edges:
        moves[place[parent], place[child]] = min(1.0, np.exp(-inverse_temperature)) / 3.0
        moves[place[child], place[parent]] = min(1.0, np.exp(inverse_temperature)) / 3.0
    return moves + np.diag(1.0 - moves.sum(axis=1)), graph


def first_bit_memory() -> tuple[Obligation, ...]:
    """Prove the relaxation by the spectrum of the whole tree, and the memory by the powers of its matrix."""
    return (
        equals_numerically("the second eigenvalue is the whole tree's", formulas.relaxation, by_tree, TREES),
        equals_numerically(
            "the memory is the whole tree's", formulas.first_bit_memory, memory_by_tree,
            [{**one, "moves": moves} for one in TREES for moves in (3, 60)],
        ),
    )  # fmt: skip


def by_tree(inverse_temperature: float, max_length: int) -> float:
    """Return the second largest eigenvalue of the walk on the whole tree."""
    moves, graph = transitions(inverse_temperature, max_length)
    root = np.array([np.exp(-0.5 * inverse_temperature * graph.nodes[node]["length"]) for node in graph])
    return float(np.linalg.eigvalsh(root[:, np.newaxis] * moves / root)[-2])


def memory_by_tree(inverse_temperature: float, max_length: int, moves: int) -> float:
    """Return E[first bit] after moves from the longest string of ones, over the whole tree."""
    matrix, graph = transitions(inverse_temperature, max_length)
    signs = np.array([0.0 if node == "" else 2.0 * int(node[0]) - 1.0 for node in graph])
    return float((np.linalg.matrix_power(matrix, moves) @ signs)[list(graph).index("1" * max_length)])
