"""Results as files: NetCDF, which keeps everything, and CSV, a row a cell."""

from __future__ import annotations

import itertools
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

INT32 = np.iinfo(np.int32)


def check(path: str | Path) -> Path:
    """Return a path that a result can be written to; raise ValueError, in one line, for any other."""
    target = Path(path)
    if target.suffix not in WRITERS:
        raise ValueError(f"output: got {str(path)!r}; must end in {' or '.join(WRITERS)}; rename it")
    if target.is_dir() or not target.parent.is_dir() or not os.access(target.parent, os.W_OK):
        raise ValueError(f"output: got {str(path)!r}; must be a file in a writable directory; choose another path")
    return target


def write(dataset: Any, path: Path) -> None:
    """Write a result, whole or not at all.

    Parameters
    ----------
    dataset
        An ``xarray.Dataset``, as from ``sweep``.
    path
        Ends in ".nc" (NetCDF 3 through xarray: values, coordinates, units, law, seed and versions; whole numbers of
        more than 32 bits become floats) or in ".csv" (a row for every point and time; a vector's components in columns
        of their own; constants and attributes are left out).
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    try:
        WRITERS[path.suffix](dataset, Path(name))
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _netcdf(dataset: Any, path: Path) -> None:
    portable = dataset.copy()
    for name, variable in dataset.variables.items():
        whole = variable.dtype.kind in "iu" and variable.size
        if whole and not (INT32.min <= variable.values.min() and variable.values.max() <= INT32.max):
            portable[name] = portable[name].astype(float)
        portable[name].attrs = _plain(variable.attrs)
    portable.attrs = _plain(dataset.attrs)
    portable.to_netcdf(path, engine="scipy")


def _plain(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return attributes as the format can hold them: numbers and lists of numbers stay, the rest becomes text."""
    return {name: value if _is_held(value) else json.dumps(value, default=str) for name, value in attributes.items()}


def _is_held(value: Any) -> bool:
    if isinstance(value, list) and value:
        return all(isinstance(one, float) or _is_short(one) for one in value)
    return isinstance(value, (str, float)) or _is_short(value)


def _is_short(value: Any) -> bool:
    return type(value) is int and INT32.min <= value <= INT32.max


def _csv(dataset: Any, path: Path) -> None:
    table(dataset).to_csv(path, index=False)


def table(dataset: Any) -> Any:
    """Return a result as a ``pandas.DataFrame``: a row for every point and time, a column a component."""
    import xarray as xr

    # What has a coordinate tells rows apart; the components of a vector have none.
    rows = [dim for dim in dataset.dims if dim in dataset.coords or dim in dataset["status"].dims]
    along = {name: array for name, array in dataset.coords.items() if array.dims and name not in dataset.dims}
    columns = {
        column: part
        for name, array in {**along, **dataset.data_vars}.items()
        for column, part in _parts(str(name), array, rows)
    }
    indexes = {dim: dataset[dim].variable for dim in rows if dim in dataset.coords}
    flat = xr.Dataset({name: part.variable for name, part in columns.items()}, coords=indexes)
    return flat.to_dataframe(dim_order=rows).reset_index()


def _parts(name: str, array: Any, rows: list[Any]) -> list[tuple[str, Any]]:
    spread = [dim for dim in array.dims if dim not in rows]
    places = itertools.product(*(range(array.sizes[dim]) for dim in spread))
    return [("_".join([name, *map(str, place)]), array.isel(dict(zip(spread, place, strict=True)))) for place in places]


WRITERS: Mapping[str, Callable[[Any, Path], None]] = {".nc": _netcdf, ".csv": _csv}
