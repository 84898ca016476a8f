"""A phase diagram: for which growth of capability and pull of the reward is the designers' goal learned in time?"""

import numpy as np

from simulator import sweep
from simulator.models.goal_drift import goal_drift

found = sweep(
    goal_drift.experiment(measures=("learned_fraction",)),
    over={"growth": np.geomspace(0.1, 10.0, 9), "pull": np.geomspace(0.1, 10.0, 9)},
    fixed={"dim": 2, "time": 12.0},
    replicates=256,
    progress=False,
)

if __name__ == "__main__":
    print("pull (upward) against growth (rightward), 0.1 to 10 each:  # learned  + half  . lost")
    for row in found.learned_fraction.transpose("pull", "growth").values[::-1]:
        print("  " + " ".join("#" if learned > 0.75 else "." if learned < 0.25 else "+" for learned in row))
    print(f"largest standard error {float(found.learned_fraction_se.max()):.3f}")
    print(f"drawn by the {found.attrs['method']} method")
