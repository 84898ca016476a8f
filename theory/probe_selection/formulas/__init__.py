"""The formulas of probe selection."""
