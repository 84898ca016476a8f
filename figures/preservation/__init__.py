"""Figures of preservation: a gate that leaks, the window before any hold, memory inside and outside the weights."""

from figures.preservation.leak import leaky_faking
from figures.preservation.memory import memory
from figures.preservation.window import danger_window

figures = (leaky_faking, danger_window, memory)
