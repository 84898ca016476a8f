"""sweep: an experiment at many points, one labeled Dataset; finished work survives anything.

``work`` checks what was asked for and ``call`` carries it out. ``axes`` and ``grid`` have the points, ``plan`` makes
tasks of what is missing, ``task`` is what workers do (``subject``: what all tasks share, ``pairing``: differences),
``execution`` sends tasks and ``run`` takes their results; ``progress`` shows how far it has come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def sweep(
    experiment: Any,
    over: Mapping[str, Any] | None = None,
    cases: Sequence[Mapping[str, Any]] | None = None,
    fixed: Mapping[str, Any] | None = None,
    *,
    replicates: int = 1000,
    seed: Any = 0,
    contrast: str | None = None,
    common_random_numbers: bool = False,
    precision: Any = None,
    max_replicates: int | None = None,
    executor: Any = None,
    store: Any = None,
    progress: bool = True,
    fail_fast: bool = False,
    discretization: bool = True,
    control: bool = False,
) -> Any:
    """Run an experiment at every point of a design and return what it measured, labeled, with standard errors.

    A point's numbers are those of ``simulate`` at that point with the same replicates and seed, byte for byte, for any
    executor, order and number of points, with or without a store, in one go or resumed.

    Parameters
    ----------
    experiment
        An Experiment, or a Model (then ``model.experiment()``).
    over
        By parameter, a sequence of distinct values, or a mapping from labels to values; the points are their product,
        and each parameter is a dimension. A vector's or distribution's values are labeled 0, 1, ... (or by the
        mapping's keys), and stand in the coordinate ``{name}_value``.
    cases
        A list of points, each a mapping of values by name; they make a dimension ``case``, and each parameter that
        they set is a coordinate along it. Equal points are refused. With ``over``: the product of both.
    fixed
        Values by name, the same at every point; all other parameters are at their defaults.
    replicates
        Independent replicates a point, >= 2; with ``precision``, the least (rounded up to whole blocks).
    seed
        An int >= 0 or a ``numpy.random.SeedSequence``.
    contrast
        A parameter of ``over``: adds the differences of every measure m from the first of its values, replicate by
        replicate on common random numbers (which it implies): ``m_contrast`` and ``m_contrast_se``.
    common_random_numbers
        Whether all points draw the same noise.
    precision
        Blocks are added until every standard error is small enough: a number (absolute), ``{"relative": 0.01}`` (of
        the mean's absolute value), ``{"absolute": 1e-3, "relative": 0.01}`` (the larger of the two), or a mapping of
        these by measure (``m_contrast`` is one too; measures that are not named are not judged).
    max_replicates
        Where ``precision`` gives up, and ``status`` says so; None for 1000 times ``replicates``.
    executor
        Anything with ``submit``, which the caller owns; None for threads here, one a processor.
    store
        The path of a file (SQLite, on a disk of this machine) that keeps finished blocks. The same sweep again computes
        only what is missing; more points or replicates extend it; another law, seed or set of measures is refused.
    progress
        Whether to show how far it has come, on stderr.
    fail_fast
        Whether the first point that fails stops the sweep; otherwise its values are NaN and ``status`` says why.
    discretization
        Whether to estimate the discretization error, from a few more replicates at half the step.
    control
        Whether to adjust every mean by control variates, as in ``simulate``; ``precision`` is judged on the adjusted
        errors, and a contrast is adjusted by the difference of the controls.

    Returns
    -------
    xarray.Dataset
        Dimensions: the parameters of ``over``, then ``case``, then those of the measures, such as ``time``. Variables
        as from ``simulate``, each along the points; measures of different lengths are padded with NaN.

    Raises
    ------
    ValueError, TypeError
        In one line, before any work, for a bad name, value, shape, path or file.
    RuntimeError
        If a worker died: it says how to go on. With ``fail_fast``, if a point failed.
    KeyboardInterrupt
        On Ctrl-C, with a message that says how to go on.
    """
    from simulator.sweeps.call import run
    from simulator.sweeps.work import Call

    return run(
        Call(
            experiment=experiment, over=over, cases=cases, fixed=fixed, replicates=replicates, seed=seed,
            contrast=contrast, common=common_random_numbers, precision=precision, most=max_replicates,
            executor=executor, store=store, progress=progress, fail_fast=fail_fast, discretization=discretization,
            control=control,
        )
    )  # fmt: skip
