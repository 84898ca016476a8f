"""What simulation is held against: which experiment, which measure, where."""
