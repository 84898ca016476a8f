"""What all tasks of a sweep have in common, and how it is sent to other processes."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import lru_cache

from simulator.experiment import Experiment
from simulator.randomness import Seed


@dataclass(frozen=True)
class Subject:
    """What all tasks of a sweep have in common.

    Parameters
    ----------
    experiment
        An Experiment, or its pickle where tasks leave the process; each process loads it once.
    seed
        The sweep's.
    """

    experiment: Experiment | bytes
    seed: Seed

    def loaded(self) -> Experiment:
        """Return the experiment."""
        return _loaded(self.experiment) if isinstance(self.experiment, bytes) else self.experiment


@lru_cache(maxsize=4)
def _loaded(pickled: bytes) -> Experiment:
    made = pickle.loads(pickled)
    assert isinstance(made, Experiment)
    return made


def portable(experiment: Experiment) -> bytes:
    """Return an experiment as bytes for other processes; raise TypeError, in one line, if it cannot be sent."""
    try:
        return pickle.dumps(experiment)
    except Exception as error:
        reason = error
    try:  # functions of a script's own; the libraries that bring other executors bring this too
        import cloudpickle  # type: ignore[import-untyped,import-not-found,unused-ignore]

        return bytes(cloudpickle.dumps(experiment))
    except Exception:
        raise TypeError(
            f"executor: {experiment.name} cannot be sent to other processes ({reason}); define its functions "
            "at the top level of a module, or pass executor=None"
        ) from None
