"""Reading AnnData files (HDF5) without loading them: columns of a frame, and layers on the disk.

After the specification "On-disk format" of anndata: `array`, `string-array`, `categorical` and the
`nullable-*` encodings of a data frame's columns.
"""

from __future__ import annotations

import h5py
import numpy as np


def open_file(path: str) -> h5py.File:
    """Open for reading. Unlocked: HDF5's locks fail on many network file systems."""
    return h5py.File(path, "r", locking=False)


def index(frame: h5py.Group) -> np.ndarray:
    """The index of a data frame, as an array of texts."""
    return column(frame, frame.attrs["_index"])


def column(frame: h5py.Group, name: str) -> np.ndarray:
    """A column: texts as objects, numbers and booleans as they are.

    Missing values are None among texts and booleans, and NaN among numbers.
    """
    if name not in frame:
        raise LookupError(f'no column "{name}" in "{frame.name}" of "{frame.file.filename}"')
    item = frame[name]
    if isinstance(item, h5py.Dataset):
        return item.asstr()[:] if h5py.check_string_dtype(item.dtype) else item[:]
    encoding = item.attrs["encoding-type"]
    if encoding == "categorical":
        # Code -1 picks the None at the end.
        return np.append(column(item, "categories").astype(object), [None])[item["codes"][:]]
    if encoding.startswith("nullable-"):
        values, missing = item["values"][:], item["mask"][:]
        if not missing.any():
            return values
        number = np.issubdtype(values.dtype, np.number)
        values = values.astype(float if number else object)
        values[missing] = np.nan if number else None
        return values
    raise ValueError(f'column "{item.name}" of "{frame.file.filename}" is a "{encoding}"')


def layer(file: h5py.File, name: str) -> h5py.Dataset:
    """A dense layer, still on the disk: cells or rows x genes."""
    item = file["layers"].get(name)
    if not isinstance(item, h5py.Dataset):
        raise LookupError(f'no dense layer "{name}" in "{file.filename}"')
    return item
