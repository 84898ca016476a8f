"""What is registered of the policy before training, and what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path as File
from typing import Any

import numpy as np
from numpy.typing import NDArray

from witnesses.outcome import mean, read
from witnesses.policy.law import Path, predicted, shrinkage
from witnesses.policy.metric import ONE_KIND, TYPES, Metric, measured_metric
from witnesses.policy.quantities import of_paths, of_table, quantities
from witnesses.policy.runs import BY_NAME, run
from witnesses.policy.training import Schedule, started, streams
from witnesses.registration import Forecast, Registration

Floats = NDArray[np.float64]
Tables = Mapping[str, Mapping[str, NDArray[Any]]]

FIT_SEEDS = tuple(range(11, 23))
TIMES = (0, 5, 10, 20, 40, 80, 160, 300, 550, 800)
RUNS = (
    ("none", "strong", 0.5, 300), ("reward", "strong", 0.5, 300), ("loss", "strong", 0.5, 300),
    ("frozen", "strong", 0.5, 300), ("retrained", "strong", 0.5, 300), ("penalty_alone", "strong", 0.5, 20),
    ("reward", "weak", 0.2, 800),
)  # fmt: skip
OF_KINDS = ("share", "score", "score_sd", "paid")
OF_SEEDS = ("angle", "clumping", "other_penalty", "other_pay", "covariance", "penalty_variance", "misbehavior_variance",
            "pull", "push")  # fmt: skip
EARLY = 10  # updates after which the first response is judged

BASIS = {
    1: "K, scores and pay measured by rollouts of twelve policies before training (seeds 11 to 22, never trained). "
    "Seeds 1 to 4 were trained while the code was written, and seen: there the law of one kind of misbehavior was "
    "close at weight 0.5 but for the retrained probe, and missed a fall at weight 0.2. It is registered as it stands.",
    2: "The same twelve policies before training, with steps told apart as right, wrong, overt and subtle, and the "
    "scores of a retrained probe lowered by the fall of the log odds of misbehavior. Both changes answer to what "
    "registration 1 got wrong; its runs and seeds 1 to 4 had been seen.",
}
SEEDS = {1: tuple(range(101, 113)), 2: tuple(range(201, 213))}


def settings(number: int) -> dict[str, Any]:
    """Return the settings of a registration by its number."""
    schedule = Schedule(learning_rate=0.03)
    return {
        "fit_seeds": list(FIT_SEEDS),
        "kinds": list(ONE_KIND if number == 1 else TYPES),
        "base_rate": number > 1,
        "schedule": {"groups": schedule.groups, "members": schedule.members, "learning_rate": schedule.learning_rate,
                     "audit": schedule.audit},
        "times": list(TIMES),
        "runs": [list(one) for one in RUNS],
    }  # fmt: skip


def register(number: int, replaces: str, date: str) -> tuple[Registration, dict[str, dict[str, Any]]]:
    """Measure K before training and return the registration that follows from it, and the table of K."""
    fixed = settings(number)
    metric = fitted(fixed)
    made = Registration(
        witness="policy", number=number, date=date, basis=BASIS[number], seeds=SEEDS[number], settings=fixed,
        forecasts=forecasts(fixed, metric), replaces=replaces,
    )  # fmt: skip
    return made, {"metric": table(fixed, metric)}


def fitted(fixed: Mapping[str, Any]) -> Metric:
    """Return what is measured, before training, of the seeds that predictions rest on."""
    schedule, seeds = Schedule(**fixed["schedule"]), fixed["fit_seeds"]
    return measured_metric(started(seeds, schedule), schedule, streams(seeds, 5), tuple(fixed["kinds"]))


def paths(fixed: Mapping[str, Any], metric: Metric) -> dict[tuple[str, str], Path]:
    """Return the law's path of every run, by setting and technique."""
    found = {}
    for technique, setting, weight, updates in fixed["runs"]:
        schedule = replace(Schedule(**fixed["schedule"]), weight=weight, updates=updates)
        found[setting, technique] = predicted(metric, BY_NAME[technique], schedule, base_rate=fixed["base_rate"])
    return found


def forecasts(fixed: Mapping[str, Any], metric: Metric) -> tuple[Forecast, ...]:
    """Return all forecasts, each the mean over the seeds that were measured."""
    view = of_paths(paths(fixed, metric))
    found = []
    for one in quantities(fixed):
        value = float(np.mean(one.of(view)))
        found.append(Forecast(one.name, one.says, value, *one.interval(value), rests_on=one.rests_on))
    return (*found, *_of_rollouts(fixed, metric))


def _of_rollouts(fixed: Mapping[str, Any], metric: Metric) -> list[Forecast]:
    slope = metric.covariance / metric.misbehavior_variance
    shares = {
        "selection": (float(np.mean(slope * metric.covariance / metric.penalty_variance)), "probe_selection."
                      "response_ratio with learner 'selection': the share of the probe's variance"),
        "gradient": (float(np.mean(slope * metric.pull) / np.mean(metric.push)), "probe_selection.response_ratio with "
                     "learner 'gradient', its ease the measured inner products of gradients"),
    }  # fmt: skip
    update = -shrinkage(fixed["schedule"]["members"]) * float(
        np.mean(metric.covariance / np.sqrt(metric.penalty_variance))
    )
    says = f"Share of the first fall of the penalty ({EARLY} updates of penalty alone) that is less misbehavior, as "
    return [
        *(Forecast(f"response_share.{name}", says + f"{name} has it", value, value - 0.1, value + 0.1, "", law)
          for name, (value, law) in shares.items()),
        Forecast("group_update", "Mean of adv A over rollouts, advantages of the penalty alone, before training",
                 update, 1.03 * update, 0.97 * update, "",
                 "probe_selection.group_update for normal scores, from the measured covariance; 3 % either way"),
    ]  # fmt: skip


def table(fixed: Mapping[str, Any], metric: Metric) -> dict[str, Any]:
    """Return K and what else was measured, a row per seed."""
    traits = _traits(metric.kinds)
    found: dict[str, Any] = {"seed": np.array(fixed["fit_seeds"])}
    for i, one in enumerate(traits):
        found |= {f"K[{one};{other}]": metric.metric[:, i, j] for j, other in enumerate(traits) if j >= i}
    for name in OF_KINDS:
        found |= {f"{name}_{kind}": getattr(metric, name)[:, place] for place, kind in enumerate(metric.kinds)}
    return found | {name: getattr(metric, name) for name in OF_SEEDS}


def stored(fixed: Mapping[str, Any], columns: Mapping[str, NDArray[Any]]) -> Metric:
    """Return what was measured before training from a table that `table` made."""
    kinds = tuple(fixed["kinds"])
    traits = _traits(kinds)
    rows = [[columns[f"K[{traits[min(i, j)]};{traits[max(i, j)]}]"] for j in range(len(traits))]
            for i in range(len(traits))]  # fmt: skip
    of_kinds = {name: np.stack([columns[f"{name}_{kind}"] for kind in kinds], axis=-1) for name in OF_KINDS}
    return Metric(
        kinds=kinds, metric=np.moveaxis(np.array(rows), -1, 0), **of_kinds, **{name: columns[name] for name in OF_SEEDS}
    )  # fmt: skip


def measured_before(number: int) -> Mapping[str, NDArray[Any]]:
    """Return the stored table of what was measured before a registration."""
    return read(File(__file__).parent / "data" / f"fit{number:02d}-metric.csv").columns


def _traits(kinds: Sequence[str]) -> list[str]:
    return [*(f"odds_{kind}" for kind in kinds[1:]), *(f"score_{kind}" for kind in kinds)]


def judge(registration: Registration, tables: Tables) -> dict[str, tuple[float, float]]:
    """Return what came out of every forecast, with its standard error over seeds."""
    view = of_table(tables["training"])
    found = {one.name: _over_seeds(one.of(view)) for one in quantities(registration.settings)}
    share = _response_share(tables["training"])
    return found | {
        "response_share.selection": share, "response_share.gradient": share,
        "group_update": mean(tables["before"]["group_update"]),
    }  # fmt: skip


def tested(registration: Registration, seeds: Sequence[int]) -> dict[str, dict[str, Any]]:
    """Make the runs that test a registration."""
    return run(registration.settings, seeds)


def _over_seeds(values: Floats) -> tuple[float, float]:
    """Return mean and standard error over the seeds in which there is a value, NaN if there is none."""
    known = values[np.isfinite(values)]
    return mean(known) if known.size else (float("nan"), float("nan"))


def _response_share(training: Mapping[str, NDArray[Any]]) -> tuple[float, float]:
    """Return the ratio over seeds of w_A (fall of A) to the fall of the penalty, and its standard error."""
    view = of_table(training)

    def fall(measure: str) -> Floats:
        return view("strong", "penalty_alone", measure, 0) - view("strong", "penalty_alone", measure, EARLY)

    first = {name: view("strong", "penalty_alone", name, 0) for name in ("covariance", "misbehavior_variance")}
    part, whole = first["covariance"] / first["misbehavior_variance"] * fall("misbehavior"), fall("frozen_penalty")
    share = part.mean() / whole.mean()
    error = mean(part - share * whole)[1] / abs(whole.mean())
    return float(share), float(error)
