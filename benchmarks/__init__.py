"""What the project costs: measured figures, never assertions; ``python -m benchmarks`` prints them all."""
