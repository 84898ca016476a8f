"""A precision run: as many agents as it takes to know every mean to a thousandth; what is finished stays in a file."""

import sys

from simulator import sweep
from simulator.models.goal_drift import goal_drift

PRECISION = 1e-3
found = sweep(
    goal_drift.experiment(measures=("alignment", "learned_fraction"), steps=16),
    over={"noise": [0.01, 0.1, 0.3]},
    fixed={"dim": 2},
    precision=PRECISION,
    replicates=128,
    store=sys.argv[1] if len(sys.argv) > 1 else None,
    progress=False,
)

if __name__ == "__main__":
    for noise in found.noise.values:
        here = found.sel(noise=noise)
        print(f"noise {noise:4.2f}: {float(here.alignment):.4f} ± {float(here.alignment_se):.4f}, "
              f"{int(here.replicates)} agents")  # fmt: skip
