"""``python -m benchmarks``: every benchmark, one table each."""

from __future__ import annotations

from benchmarks import normals, selection, startup, stepping

if __name__ == "__main__":
    for topic in (startup, normals, stepping, selection):
        print((topic.__doc__ or "").partition("\n")[0])
        for row in topic.measure():
            print(
                "  "
                + "  ".join(
                    f"{key} {value:.4g}" if isinstance(value, float) else f"{value}" for key, value in row.items()
                )
            )
