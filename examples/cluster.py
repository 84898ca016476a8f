"""A sweep on a cluster: the same call with another executor. Here the cluster is two processes of this machine.

On SLURM, with dask-jobqueue, only the cluster differs:

    from dask_jobqueue import SLURMCluster
    cluster = SLURMCluster(cores=32, processes=32, memory="64GB", walltime="01:00:00")
    cluster.scale(jobs=4)
"""

import sys

import numpy as np
from distributed import Client, LocalCluster

from simulator import sweep
from simulator.models.goal_drift import goal_drift


def main(store=None):
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster, Client(cluster) as client:
        found = sweep(
            goal_drift.experiment(measures=("learned_fraction",), steps=32),
            over={"growth": np.geomspace(0.1, 10.0, 10), "pull": np.geomspace(0.1, 10.0, 10)},
            fixed={"dim": 2, "time": 12.0},
            replicates=128,
            executor=client.get_executor(),
            store=store,
            progress=False,
        )
    print(f"{found.status.size} points, {int((found.status == 'ok').sum())} of them ok")


if __name__ == "__main__":
    main(*sys.argv[1:])
