"""The predicted of probe selection."""
