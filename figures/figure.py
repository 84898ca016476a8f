"""Figure: a drawing that carries its words, its data and where it came from."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from figures.style import styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

FORMATS = ("svg", "png")


@dataclass(frozen=True, eq=False)
class Figure:
    """A finished figure: what is drawn, what is said of it, the numbers shown, and how to get it again.

    Parameters
    ----------
    name
        The name of the function that draws it: lower-case letters, digits and underscores.
    title
        A short heading.
    canvas
        The drawing, a ``matplotlib.figure.Figure``.
    caption
        What there is to see, computed from the numbers shown.
    alt
        What a reader who cannot see the drawing should know of it.
    table
        The data shown: per column an array (rows,) of numbers or text.
    provenance
        Plain data: experiment, parameters, seed, replicates, version; arrays become lists.
    predictions
        The names of the predictions whose curves are drawn, such as "goal_drift.learned_fraction".

    Raises
    ------
    ValueError
        For a malformed name, missing words, columns of unequal length, or provenance that is not plain data.
    """

    name: str
    title: str
    canvas: Canvas
    caption: str
    alt: str
    table: Mapping[str, NDArray[Any]]
    provenance: Mapping[str, Any]
    predictions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "provenance", _plain(self.provenance))
        _check_words(self)
        _check_table(self.table)
        provenance_text(self)


def prepare(directory: str | Path, formats: Sequence[str] = FORMATS) -> Path:
    """Make a directory ready for figures, so that nothing is computed that could not be written.

    Parameters
    ----------
    directory
        Where the files will go; made if it is missing.
    formats
        Any of "svg" and "png".

    Returns
    -------
    Path
        The directory.

    Raises
    ------
    ValueError
        For an unknown format or a directory that cannot be made or written.
    """
    for name in formats:
        if name not in FORMATS:
            raise ValueError(f"format: got {name!r}; must be one of {', '.join(FORMATS)}; choose among them")
    place = Path(directory)
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        raise ValueError(
            f"directory: got {str(place)!r}; must be writable ({error.strerror}); choose another directory"
        ) from None
    return place


def save(figure: Figure, directory: str | Path, formats: Sequence[str] = FORMATS) -> list[Path]:
    """Write a figure in some formats, and its data as CSV; the same figure always gives the same bytes.

    Parameters
    ----------
    figure
        What to write; its caption and provenance are embedded in each image.
    directory, formats
        As for `prepare`, and so are the errors raised.

    Returns
    -------
    list[Path]
        The files written: NAME.svg and the like in the order of ``formats``, then NAME.csv.
    """
    place = prepare(directory, formats)
    contents = {suffix: _image(figure, suffix) for suffix in formats}
    contents["csv"] = csv_text(figure).encode()
    paths = []
    for suffix, content in contents.items():
        paths.append(place / f"{figure.name}.{suffix}")
        paths[-1].write_bytes(content)
    return paths


def svg_text(figure: Figure) -> str:
    """Return a figure as an SVG document whose text is text."""
    return _image(figure, "svg").decode()


def csv_text(figure: Figure) -> str:
    """Return a figure's data as CSV: a header of column names, then rows; floats read back to the same bits."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(figure.table)
    writer.writerows(zip(*(np.asarray(column).tolist() for column in figure.table.values()), strict=True))
    return stream.getvalue()


def provenance_text(figure: Figure) -> str:
    """Return a figure's provenance as JSON; raise ValueError if it is not plain data."""
    try:
        return json.dumps(dict(figure.provenance), sort_keys=True)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"provenance of {figure.name}: {error}; must be plain data; pass numbers, text, lists"
        ) from None


def _image(figure: Figure, suffix: str) -> bytes:
    words = {"Title": figure.title, "Description": figure.caption}
    origin = provenance_text(figure)
    # A date would change the bytes; SVG metadata has fixed keys, of which Source is the one for provenance.
    metadata = words | ({"Source": origin, "Date": None} if suffix == "svg" else {"Provenance": origin})
    stream = io.BytesIO()
    with styled(svg__hashsalt=figure.name):
        _settle(figure.canvas)
        figure.canvas.savefig(stream, format=suffix, metadata=metadata)
    return stream.getvalue()


def _settle(canvas: Canvas) -> None:
    """Lay a canvas out for good: a layout engine moves things a little on every save, and so changes the bytes."""
    from matplotlib.layout_engine import PlaceHolderLayoutEngine

    engine = canvas.get_layout_engine()
    if engine is not None and not isinstance(engine, PlaceHolderLayoutEngine):
        engine.execute(canvas)
        canvas.set_layout_engine("none")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value.tolist() if isinstance(value, np.ndarray) else value


def _check_words(figure: Figure) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", figure.name):
        raise ValueError(f"name: got {figure.name!r}; must be lower-case letters, digits and _; rename the figure")
    for part in ("title", "caption", "alt"):
        if not getattr(figure, part).strip():
            raise ValueError(f"{part} of {figure.name}: got nothing; must say something; write a sentence")


def _check_table(table: Mapping[str, NDArray[Any]]) -> None:
    shapes = {name: np.shape(column) for name, column in table.items()}
    if not shapes or any(len(shape) != 1 for shape in shapes.values()) or len(set(shapes.values())) > 1:
        raise ValueError(
            f"table: got columns of shapes {shapes}; must be one-dimensional and of one length; use the long format"
        )
