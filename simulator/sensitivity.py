"""Which parameter decides the outcome? Sobol indices of a measure over a box of parameters.

Of a measure's variance over the box, the first-order index of a parameter is the share that it explains alone,
V[E(m | x_i)]/V[m]; its total index is the share left when all others are known, E[V(m | x_j, j != i)]/V[m]. The
difference is what it does together with others. Monte Carlo noise must not be taken for an effect of parameters:
``simulator.indices`` says what it does to the estimates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.design import Interval, intervals
from simulator.experiment import Experiment, as_experiment
from simulator.indices import Pages, bounds, indices, saltelli, variances
from simulator.parameter import Parameter, Range, nearest, resolve
from simulator.randomness import point_key, stream

Array = NDArray[Any]
NOISY = 0.05
"""The noise's share of the variance above which indices that are not rid of noise are called noisy."""
DROWNED = 0.5
"""The noise's share of the variance above which even indices that are rid of it are called noisy."""
ROUNDING = 1e-12
"""A measure whose standard deviation over the box, relative to its mean, is no more than this is called constant."""
LEVEL = Parameter("confidence", 0.95, range=Range(0.0, 1.0, open_low=True, open_high=True))
COUNT = Parameter("resamples", 999, range=Range(low=2.0), integer=True)
MEANINGS = {
    "first": "share of the variance that the parameter explains alone",
    "total": "share of the variance left when all other parameters are known",
}


def sensitivity(
    experiment: Any,
    ranges: Mapping[str, Any],
    measure: str | Sequence[str],
    *,
    n: int = 256,
    replicates: int = 1000,
    fixed: Mapping[str, Any] | None = None,
    seed: Any = 0,
    common_random_numbers: bool = True,
    confidence: float = 0.95,
    resamples: int = 999,
    **options: Any,
) -> Any:
    """Return first-order and total Sobol indices of measures, with bootstrap intervals.

    Parameters
    ----------
    experiment
        An Experiment, or a Model (then ``model.experiment()``).
    ranges
        Per parameter (low, high), or a ``simulator.design.Interval``. Parameters are independent and uniform there (in
        the logarithm with ``log=True``), whole numbers where the parameter counts something.
    measure
        The name of a measure, or several with the same axes.
    n
        Samples a page, a power of two; n (number of parameters + 2) points are simulated.
    replicates
        At every point, >= 2.
    fixed
        Other parameters by name, the same at all points.
    seed
        An int >= 0 or a SeedSequence: of the design, the noise and the bootstrap.
    common_random_numbers
        True: all points share their noise, most of which cancels between them; ``noise_share`` bounds what is left.
        False: every point has its own, and the indices are rid of it by its known variance: unbiased, less certain.
    confidence, resamples
        The level of the intervals, in (0, 1), and how often the n samples are drawn again for them, >= 2.
    options
        What else ``simulator.sweep`` takes: ``executor``, ``store``, ``progress``, ...

    Returns
    -------
    xarray.Dataset
        Over (measure, parameter, ...): ``first`` and ``total`` and the ends of their intervals, ``first_low``, ... Over
        (measure, ...): the ``mean`` and ``variance`` over the box, the ``noise_share`` of that variance, and
        ``status``: "ok", or why the indices are noisy, or undefined (then they are NaN).

    Raises
    ------
    ValueError, TypeError
        In one line, before any work, for an unknown name or a value that breaks its rule.
    """
    from simulator import sweep

    subject = as_experiment(experiment)
    names = _measures(subject, measure)
    level = resolve((LEVEL, COUNT), {"confidence": confidence, "resamples": resamples})
    box = _box(subject, ranges)
    pages = saltelli(box, n, seed)
    # How well time is resolved is a question of its own, which a sweep answers.
    options = {"discretization": False, **options}
    found = sweep(
        subject, cases=pages.cases, fixed=fixed, replicates=replicates, seed=seed,
        common_random_numbers=common_random_numbers, **options,
    )  # fmt: skip
    outputs = _outputs(found, names, pages, subject.group, common_random_numbers)
    estimates = _estimates(outputs, level, stream(seed, point_key("bootstrap of indices"), 0))
    return _labeled(found, names, box, outputs, estimates, {"samples": n, **level})


def _measures(subject: Experiment, measure: str | Sequence[str]) -> list[str]:
    names = [measure] if isinstance(measure, str) else list(measure)
    if not names:
        raise ValueError(f"measure: got none; {nearest('', subject.measures)}")
    axes = {name: subject.observable(name).dims for name in names}
    for name, dims in axes.items():
        if dims != axes[names[0]]:
            raise ValueError(
                f"measure: {name} has axes {dims} and {names[0]} {axes[names[0]]}; must be the same; ask one by one"
            )
    return list(axes)


def _box(subject: Experiment, ranges: Mapping[str, Any]) -> dict[str, Interval]:
    """Return the ranges as intervals, of whole numbers where the parameter counts something."""
    known = {parameter.name: parameter for parameter in subject.parameters}
    for name in ranges if isinstance(ranges, Mapping) else ():
        if name not in known:
            raise ValueError(f"unknown parameter {name!r}; {nearest(str(name), known)}")
    box = intervals(ranges)
    return {name: replace(interval, integer=known[name].integer) for name, interval in box.items()}


@dataclass(frozen=True)
class _Outputs:
    """What was measured at the design's cases.

    Parameters
    ----------
    mean, noise
        Each measure's mean and the variance of its error, at every case; shape (outputs, cases).
    variance, share
        Of each output over the box, and the noise's share of it; shape (outputs,).
    status
        Per output, "ok" or what is wrong.
    usable
        Per output, whether it has indices.
    pages, common
        The design, and whether its points share their noise.
    """

    mean: Array
    noise: Array
    variance: Array
    share: Array
    status: Array
    usable: Array
    pages: Pages
    common: bool


def _outputs(found: Any, names: Sequence[str], pages: Pages, group: int, common: bool) -> _Outputs:
    mean = np.concatenate([_flat(found[name]) for name in names])
    noise = np.concatenate([_noise(found, name, group) for name in names])
    variance, part = variances(mean, noise, pages)
    constant = np.sqrt(variance) <= ROUNDING * np.abs(mean).mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(constant, np.nan, part / variance)
    usable = np.isfinite(mean).all(axis=1) & ~constant & (common | (share < 1.0))
    texts = [_status(found, pages, *row, common) for row in zip(mean, constant, share, strict=True)]
    return _Outputs(mean, noise, variance, share, np.array(texts), usable, pages, common)


def _flat(array: Any) -> Array:
    """Return a measure's values with one row for each of its outputs."""
    values: Array = np.moveaxis(array.values, array.get_axis_num("case"), -1)
    return values.reshape(-1, array.sizes["case"])


def _noise(found: Any, name: str, group: int) -> Array:
    """Return the variance of a mean's error (a stated error has a floor where an event never happened)."""
    if group > 1:
        return _flat(found[f"{name}_se"]) ** 2
    return _flat(found[f"{name}_var"]) / np.maximum(_flat(found[f"{name}_n"]), 1)


def _status(found: Any, pages: Pages, mean: Array, constant: bool, share: float, common: bool) -> str:
    lost = np.flatnonzero(~np.isfinite(mean))
    if lost.size:
        case, why = pages.cases[lost[0]], found["status"].values[lost[0]]
        return f"undefined: {lost.size} of {mean.size} points have no value, the first at {case} ({why})"
    if constant:
        return "undefined: it does not vary over these ranges"
    if share <= (NOISY if common else DROWNED):
        return "ok"
    more = "use more replicates" if common else "use more replicates or samples"
    return (
        f"noisy: {'up to ' * common}{min(share, 1.0):.0%} of the variance between points is Monte Carlo noise; {more}"
    )


def _estimates(outputs: _Outputs, level: Mapping[str, Any], generator: np.random.Generator) -> Array:
    """Return indices and the ends of their intervals: shape (3, 2, outputs, parameters), NaN where undefined."""
    parameters = len(outputs.pages.ab)
    found = np.full((3, 2, len(outputs.mean), parameters), np.nan)
    if outputs.usable.any():
        mean, noise = outputs.mean[outputs.usable], outputs.noise[outputs.usable]
        # Noise that points share is not known to add its variance, and cannot be subtracted.
        noise = noise * (not outputs.common)
        found[0][:, outputs.usable] = indices(mean, noise, outputs.pages)
        ends = bounds(mean, noise, outputs.pages, level["confidence"], level["resamples"], generator)
        found[1][:, outputs.usable], found[2][:, outputs.usable] = ends
    return found


def _labeled(
    found: Any,
    names: Sequence[str],
    box: Mapping[str, Interval],
    outputs: _Outputs,
    estimates: Array,
    attributes: Mapping[str, Any],
) -> Any:
    import xarray as xr

    axes = [axis for axis in found[names[0]].dims if axis != "case"]
    lengths = [found.sizes[axis] for axis in axes]
    variables: dict[str, Any] = {}
    for place, (kind, meaning) in enumerate(MEANINGS.items()):
        for ending, words, values in zip(
            ("", "_low", "_high"), ("", "low end of ", "high end of "), estimates, strict=True
        ):
            array = np.moveaxis(values[place].reshape(len(names), *lengths, len(box)), -1, 1)
            variables[f"{kind}{ending}"] = (("measure", "parameter", *axes), array, {"long_name": words + meaning})
    described = {
        "mean": (outputs.mean[:, np.r_[outputs.pages.a, outputs.pages.b]].mean(axis=1), "mean over the box"),
        "variance": (outputs.variance, "variance over the box, noise included"),
        "noise_share": (outputs.share, "share of the variance that is Monte Carlo noise"),
        "status": (outputs.status, "whether the indices can be relied on"),
    }
    for name, (values, meaning) in described.items():
        variables[name] = (("measure", *axes), values.reshape(len(names), *lengths), {"long_name": meaning})
    ends = {end: ("parameter", [getattr(one, end) for one in box.values()]) for end in ("low", "high")}
    times = {axis: found[axis] for axis in axes if axis in found.coords}
    made = xr.Dataset(variables, coords={"measure": list(names), "parameter": list(box), **ends, **times})
    wrong = [text for text in outputs.status if text != "ok"]
    return made.assign_attrs({**found.attrs, **attributes, "status": wrong[0] if wrong else "ok"})
