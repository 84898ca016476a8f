"""What it costs to begin: whole processes that import, against bare Python and against NumPy."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from benchmarks.pairing import interleaved, paired_ratio

STATEMENTS = {
    "import numpy": "import numpy",
    "import simulator": "import simulator",
    "bare python": "pass",
    "python -m theory --help": "from theory.__main__ import parser; parser().format_help()",
    "python -m figures --help": "from figures.__main__ import parser; parser().format_help()",
    "python -m simulator --help": "from simulator.__main__ import parser; parser().format_help()",
    "import sympy": "import sympy",
    "python -m simulator list": "from simulator.__main__ import main; main(['list'])",
    "the same, nothing kept": "import os; os.environ['GOALDRIFT_CACHE'] = ''; "
    "from simulator.__main__ import main; main(['list'])",
    "a law declared": "from simulator.models.goal_drift import goal_drift",
}


def measure(rounds: int = 9) -> list[dict[str, Any]]:
    """Return one row a statement: seconds of the whole process (median) and its paired ratio to ``import numpy``."""
    seconds = interleaved({name: _process(code) for name, code in STATEMENTS.items()}, rounds)
    reference = seconds["import numpy"]
    return [
        {"task": name, "seconds": statistics.median(times), "ratio": paired_ratio(times, reference)}
        for name, times in seconds.items()
    ]


def _process(code: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    for row in measure():
        print(f"{row['task']:28s} {row['seconds']:.3f} s   ratio {row['ratio']:.2f}")
