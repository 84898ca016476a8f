"""predicted of probe selection, one module an idea."""
