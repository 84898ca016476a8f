"""Two-layer networks in plain NumPy, their gradients by hand, two optimizers, and the check of any gradient.

    output = activation(x W + b) V + c

Weights are a dict of arrays. Every array may have leading axes, one place a network: a whole ensemble is trained at
once, each network on its own loss, and what is written below for one holds for each. Losses are means over examples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.floating[Any]]
Weights: TypeAlias = dict[str, Array]


@dataclass(frozen=True)
class Activation:
    """A nonlinearity and its slope, both functions of what comes in."""

    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]


RELU = Activation(lambda x: np.maximum(x, 0.0), lambda x: (x > 0.0).astype(x.dtype))
SQUARE = Activation(lambda x: x * x, lambda x: 2.0 * x)
TANH = Activation(np.tanh, lambda x: 1.0 - np.tanh(x) ** 2)


@dataclass(frozen=True, eq=False)
class Pass:
    """What a forward pass leaves for the backward one.

    Parameters
    ----------
    x
        Examples, shape (..., examples, inputs).
    before, hidden
        Hidden layer before and after the activation, shape (..., examples, width).
    output
        Shape (..., examples, outputs).
    """

    x: Array
    before: Array
    hidden: Array
    output: Array


def start(
    generator: np.random.Generator, inputs: int, width: int, outputs: int, *,
    networks: tuple[int, ...] = (), scale: float = 1.0, biases: bool = True, dtype: Any = np.float64,
) -> Weights:  # fmt: skip
    """Return random weights: normals of standard deviation scale/sqrt(number that come in), biases zero.

    Parameters
    ----------
    generator
        Where the normals come from: W's first, then V's.
    inputs, width, outputs
        Sizes of the layers.
    networks
        Leading axes, () for a single network.
    scale
        Relative to normals that keep the size of what passes through.
    biases
        Whether there are b and c.
    dtype
        Of the weights.

    Returns
    -------
    Weights
        W (..., inputs, width), V (..., width, outputs), and if asked for b (..., 1, width), c (..., 1, outputs).
    """
    shapes = {"W": (inputs, width), "V": (width, outputs)}
    made: Weights = {
        name: (scale / np.sqrt(shape[0]) * generator.standard_normal((*networks, *shape))).astype(dtype)
        for name, shape in shapes.items()
    }
    if biases:
        made |= {"b": np.zeros((*networks, 1, width), dtype), "c": np.zeros((*networks, 1, outputs), dtype)}
    return made


def forward(weights: Mapping[str, Array], x: Array, activation: Activation = RELU) -> Pass:
    """Return what the network makes of examples, shape (..., examples, inputs), on the way and in the end."""
    before = x @ weights["W"] + weights.get("b", 0.0)
    hidden = activation.value(before)
    return Pass(x, before, hidden, hidden @ weights["V"] + weights.get("c", 0.0))


def backward(
    weights: Mapping[str, Array], seen: Pass, slope: Array, activation: Activation = RELU,
    hidden_slope: Array | None = None,
) -> Weights:  # fmt: skip
    """Return the gradient of a loss with respect to all weights.

    Parameters
    ----------
    weights, activation
        Of the forward pass.
    seen
        What it left.
    slope
        dloss/doutput, shape (..., examples, outputs).
    hidden_slope
        dloss/dhidden of a loss that looks at the hidden layer itself, such as that of a probe; None if none does.
    """
    inner = slope @ np.swapaxes(weights["V"], -1, -2)
    inner = (inner if hidden_slope is None else inner + hidden_slope) * activation.slope(seen.before)
    found: Weights = {"W": np.swapaxes(seen.x, -1, -2) @ inner, "V": np.swapaxes(seen.hidden, -1, -2) @ slope}
    if "b" in weights:
        found |= {"b": inner.sum(axis=-2, keepdims=True), "c": slope.sum(axis=-2, keepdims=True)}
    return found


def log_softmax(logits: Array) -> Array:
    """Return ln softmax over the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def cross_entropy(logits: Array, labels: NDArray[np.integer[Any]]) -> tuple[Array, Array]:
    """Return the mean of -ln softmax(logits)[label], shape (...,), and its slope, shaped as the logits.

    Parameters
    ----------
    logits
        Shape (..., examples, classes).
    labels
        Shape (..., examples) or (examples,): the class of each.
    """
    logs = log_softmax(logits)
    picked = np.broadcast_to(labels, logits.shape[:-1])[..., np.newaxis]
    slope = np.exp(logs)
    np.put_along_axis(slope, picked, np.take_along_axis(slope, picked, -1) - 1.0, -1)
    loss = -np.take_along_axis(logs, picked, -1)[..., 0].mean(axis=-1)
    return np.asarray(loss), slope / logits.shape[-2]


def squared_error(output: Array, target: Array) -> tuple[Array, Array]:
    """Return half the mean over examples of the squared error, shape (...,), and its slope, shaped as the output.

    ``target`` broadcasts against ``output``, shape (..., examples, outputs); squares are summed over outputs.
    """
    off = output - target
    return np.asarray(0.5 * (off * off).sum(axis=-1).mean(axis=-1)), off / output.shape[-2]


@dataclass(frozen=True)
class SGD:
    """Gradient descent w <- w - learning_rate (gradient + weight_decay w).

    Parameters
    ----------
    learning_rate
        > 0.
    weight_decay
        >= 0: of the loss plus (weight_decay/2) |w|^2.
    """

    learning_rate: float
    weight_decay: float = 0.0

    def start(self, weights: Mapping[str, Array]) -> Weights:
        """Return what it remembers before the first step: nothing."""
        return {}

    def step(self, weights: Mapping[str, Array], gradient: Mapping[str, Array], memory: Weights) -> Weights:
        """Return the weights one step later."""
        return {
            name: one - self.learning_rate * (gradient[name] + self.weight_decay * one) for name, one in weights.items()
        }


@dataclass(frozen=True)
class AdamW:
    """Adam with decoupled weight decay: w <- w - learning_rate [m/(sqrt(v) + epsilon) + weight_decay w].

    m and v are running means of the gradient and its square, corrected for their start at zero.

    Parameters
    ----------
    learning_rate
        > 0.
    weight_decay
        >= 0: in each step w loses the share learning_rate weight_decay.
    beta1, beta2
        What the running means keep in a step, in [0, 1).
    epsilon
        > 0.

    Source: Loshchilov & Hutter, arXiv:1711.05101, algorithm 2.
    """

    learning_rate: float
    weight_decay: float = 0.0
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def start(self, weights: Mapping[str, Array]) -> Weights:
        """Return what it remembers before the first step; `step` changes it in place."""
        zeros = {f"{kind}.{name}": np.zeros_like(one) for name, one in weights.items() for kind in ("m", "v")}
        return {**zeros, "steps": np.zeros(())}

    def step(self, weights: Mapping[str, Array], gradient: Mapping[str, Array], memory: Weights) -> Weights:
        """Return the weights one step later, and bring the memory up to date."""
        memory["steps"] = memory["steps"] + 1.0
        first, second = (1.0 - beta ** float(memory["steps"]) for beta in (self.beta1, self.beta2))
        found: Weights = {}
        for name, one in weights.items():
            m, v, slope = memory[f"m.{name}"], memory[f"v.{name}"], gradient[name]
            m += (1.0 - self.beta1) * (slope - m)
            v += (1.0 - self.beta2) * (slope * slope - v)
            way = m / first / (np.sqrt(v / second) + self.epsilon)
            found[name] = one - self.learning_rate * (way + self.weight_decay * one)
        return found


def gradient_error(
    loss: Callable[[Weights], Any], weights: Mapping[str, Array], gradient: Mapping[str, Array], step: float = 1e-5
) -> float:
    """Return how far a gradient is from central differences of its loss, at the worst of all weights.

    max |gradient - difference| / max(|gradient|_max, |difference|_max), over every single weight.

    Parameters
    ----------
    loss
        From weights, the loss; of an ensemble, one a network, which are summed.
    weights
        Where; float64, of a small network, for the loss is evaluated twice a weight.
    gradient
        What is checked, shaped as the weights.
    step
        Of the differences, whose error is about step^2 times the third derivative, plus 1e-16/step.
    """
    worst, size = 0.0, 0.0
    for name, one in weights.items():
        for place in np.ndindex(one.shape):
            ends = []
            for sign in (1.0, -1.0):
                moved = one.copy()
                moved[place] += sign * step
                ends.append(float(np.sum(loss({**weights, name: moved}))))
            difference = (ends[0] - ends[1]) / (2.0 * step)
            worst = max(worst, abs(difference - float(gradient[name][place])))
            size = max(size, abs(difference), abs(float(gradient[name][place])))
    return worst / size if size > 0.0 else 0.0
