"""Writing AnnData's on-disk format with h5py.

After the specification "On-disk format" of anndata: `anndata` 0.1.0, `dict` 0.1.0, `dataframe`
0.2.0, `array` 0.2.0, `string-array` 0.2.0, `categorical` 0.2.0. A missing number is a NaN.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np

_TEXT = h5py.string_dtype("utf-8")


class Categorical:
    """A column of texts with few distinct values: sorted categories, and codes (-1 is missing)."""

    def __init__(self, codes: np.ndarray, categories: list[str]) -> None:
        self.codes = codes
        self.categories = categories


Column = np.ndarray | Categorical


@contextmanager
def create(path: Path) -> Iterator[h5py.File]:
    """A new AnnData file, without `X`; it takes its name when it is whole and on the disk."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with h5py.File(aside, "w", track_order=False) as file:
            _tag(file, "anndata", "0.1.0")
            for name in ("layers", "obsm", "obsp", "uns", "varm", "varp"):
                _tag(file.create_group(name), "dict", "0.1.0")
            yield file
        with open(aside, "rb") as written:
            os.fsync(written.fileno())
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def write_frame(
    file: h5py.File, name: str, index: list[str], columns: Mapping[str, Column]
) -> None:
    """`obs` or `var`: a data frame as a group with one member for each column."""
    group = file.create_group(name)
    _tag(group, "dataframe", "0.2.0")
    group.attrs["_index"] = "_index"
    group.attrs["column-order"] = np.array(list(columns), dtype=_TEXT)
    _texts(group, "_index", index)
    for column, values in columns.items():
        _write_column(group, column, values)


def layer(file: h5py.File, name: str, shape: tuple[int, int]) -> h5py.Dataset:
    """An empty dense float32 layer, contiguous as anndata writes it, to be filled by rows."""
    dataset = file["layers"].create_dataset(name, shape, np.float32, track_times=False)
    return _tag(dataset, "array", "0.2.0")


def _write_column(group: h5py.Group, name: str, column: Column) -> None:
    match column:
        case Categorical(codes=codes, categories=categories):
            part = _tag(group.create_group(name), "categorical", "0.2.0")
            part.attrs["ordered"] = False
            kind = np.int8 if len(categories) < 128 else np.int16
            _array(part, "codes", codes.astype(kind))
            _texts(part, "categories", categories)
        case _:
            _array(group, name, column)


def _array(group: h5py.Group, name: str, values: np.ndarray) -> None:
    _tag(group.create_dataset(name, data=values, track_times=False), "array", "0.2.0")


def _texts(group: h5py.Group, name: str, values: list[str]) -> None:
    dataset = group.create_dataset(name, data=values, dtype=_TEXT, track_times=False)
    _tag(dataset, "string-array", "0.2.0")


def _tag(item: h5py.HLObject, kind: str, version: str) -> h5py.HLObject:
    item.attrs["encoding-type"] = kind
    item.attrs["encoding-version"] = version
    return item
