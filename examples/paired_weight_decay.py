"""A paired comparison: what does a little weight decay change, agent by agent, on the same noise?"""

from simulator import sweep
from simulator.models.goal_drift import goal_drift

found = sweep(
    goal_drift.experiment(measures=("alignment",)),
    over={"weight_decay": [0.0, 0.2]},
    fixed={"dim": 4, "time": 3.0},
    replicates=2000,
    contrast="weight_decay",
    progress=False,
)

if __name__ == "__main__":
    decayed = found.sel(weight_decay=0.2)
    paired, unpaired = float(decayed.alignment_contrast_se), float((found.alignment_se**2).sum() ** 0.5)
    print(f"alignment changes by {float(decayed.alignment_contrast):+.5f} ± {paired:.5f}")
    print(f"without pairing the error would be {unpaired:.5f}, {unpaired / paired:.0f} times as large")
