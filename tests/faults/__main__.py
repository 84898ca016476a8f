"""``python -m tests.faults``: every planted fault with the z-values and verdicts without it and with it."""

from __future__ import annotations

from tests.faults.catalog import FAULTS, verdicts

if __name__ == "__main__":
    for fault in FAULTS:
        clean, planted = verdicts(fault)
        print(f"{fault.kind:10s} {fault.name} ({fault.effort})")
        for before, after in zip(clean, planted, strict=True):
            print(f"    {before.name:40s} z {before.z:+8.2f} {before.verdict}  ->  z {after.z:+10.2f} {after.verdict}")
