"""The one style of all figures: theory is a line, simulation is points with error bars."""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import MappingProxyType
from typing import Any

WIDTH = 6.4  # inches; a blog's column of 700 px shows it a little enlarged
HEIGHT = 4.6

# Okabe and Ito's palette, safe for color-blind readers, without its yellow, which is faint on white.
COLORS = MappingProxyType(
    {
        "blue": "#0072B2",
        "vermilion": "#D55E00",
        "green": "#009E73",
        "purple": "#CC79A7",
        "orange": "#E69F00",
        "sky": "#56B4E9",
        "black": "#000000",
    }
)
# One marker a color, so that a gray print still tells the series apart.
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
MUTED = "#555555"
BAND = "#E4E4E4"

RC = MappingProxyType(
    {
        "axes.edgecolor": MUTED,
        "axes.labelsize": 10.0,
        "axes.linewidth": 0.8,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlesize": 11.0,
        "errorbar.capsize": 0.0,
        "figure.dpi": 100.0,
        "figure.facecolor": "white",
        "font.family": ["sans-serif"],
        # The first is bundled with Matplotlib, so the layout is the same everywhere; the others are for browsers.
        "font.sans-serif": ["DejaVu Sans", "Verdana", "Helvetica", "Arial"],
        "font.size": 10.0,
        "legend.fontsize": 9.0,
        "legend.frameon": False,
        "lines.linewidth": 1.6,
        "lines.markersize": 5.0,
        "mathtext.fontset": "dejavusans",
        "savefig.dpi": 200.0,
        "svg.fonttype": "none",
        "svg.hashsalt": "goaldrift",
        "xtick.color": MUTED,
        "xtick.labelcolor": "black",
        "xtick.labelsize": 9.0,
        "ytick.color": MUTED,
        "ytick.labelcolor": "black",
        "ytick.labelsize": 9.0,
    }
)


def styled(**changes: Any) -> AbstractContextManager[None]:
    """Return a context in which figures are made and saved in this style, whatever the user's own settings are.

    Parameters
    ----------
    changes
        Further settings by their Matplotlib name, with ``__`` for each dot, such as ``svg__hashsalt="drift"``.

    Returns
    -------
    AbstractContextManager
        It restores the settings when it is left.
    """
    import matplotlib.style

    given = {name.replace("__", "."): value for name, value in changes.items()}
    return matplotlib.style.context(["default", dict(RC) | given])


def series_style(index: int) -> tuple[str, str]:
    """Return the color and the marker of a series.

    Parameters
    ----------
    index
        The place of the series in its panel, from 0.

    Returns
    -------
    tuple[str, str]
        A color as #RRGGBB and a Matplotlib marker.

    Raises
    ------
    ValueError
        If there is no such series: a panel has at most seven.
    """
    colors = tuple(COLORS.values())
    if not 0 <= index < len(colors):
        raise ValueError(f"index: got {index}; must be from 0 to {len(colors) - 1}; draw fewer series in one panel")
    return colors[index], MARKERS[index]
