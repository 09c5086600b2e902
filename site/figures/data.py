"""Reading side of the compiled data: where each file lies, and how it is opened.

Every call reads the file again, so that a new file shows at once. Files are read, never mapped: a file that is
truncated while it is mapped would end the whole process (SIGBUS) instead of raising an
error.
"""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import feather

from figures.names import safe

CIN = "highCIN_vs_lowCIN"
STING = "highCIN_vs_noSTING"
CONDITIONS = (CIN, STING)
FDR_PERCENT = range(1, 26)
DEFAULT_FDR_PERCENT = 25

# Compiled with the rest, but too few of these cells are tumour-related to be shown.
HIDDEN_CELL_TYPE = "Osteoclasts"

_MAGIC = b"ARROW1"
_CELL_TYPE_COLUMNS = ("cell_type", "cell_type_ligand", "cell_type_receptor")


class DataError(Exception):
    """A compiled file that cannot be read; the text names the file and says why.

    `public` is the same for visitors: without the folders of the server and the words of a library.
    """

    def __init__(self, text: str, public: str | None = None) -> None:
        super().__init__(text)
        self.public = public or "a file of this data release cannot be used"

    @classmethod
    def of(cls, path: Path | str, why: str, detail: str = "") -> DataError:
        """The file at `path` cannot be used, since `why`; `detail` is for the log alone."""
        text = f'"{path}" {why}' + (f": {detail}" if detail else "")
        return cls(text, f'"{_name(path)}" {why}')


class SelectionError(Exception):
    """A value that no selector offers; the text names the selector."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no such {name}.")


def root() -> Path:
    """The folder `compiled` of the data release: below `SITE_DATA`, by default `data`."""
    return Path(os.environ.get("SITE_DATA") or "data") / "compiled"


def _name(path: Path | str) -> str:
    """The name of a file in the data release; the last part of a path that leads elsewhere."""
    try:
        return Path(path).relative_to(root()).as_posix()
    except ValueError:
        return Path(path).name


def pairs_path() -> Path:
    """The list of (ligand, receptor) pairs."""
    return root() / "interactions.feather"


def interactions_path(condition: str, fdr: int) -> Path:
    """The pairwise interactions of `condition` at an FDR of `fdr` per cent."""
    return root() / "interactions" / _selected(condition, fdr)


def circos_path(condition: str, fdr: int) -> Path:
    """The statistics by (cell type, target) of `condition` at an FDR of `fdr` per cent."""
    return root() / "circos" / _selected(condition, fdr)


def _selected(condition: object, fdr: object) -> str:
    """The file of a selection; only what is compiled can be selected."""
    if not isinstance(condition, str) or condition not in CONDITIONS:
        raise SelectionError("condition")
    if not isinstance(fdr, int) or isinstance(fdr, bool) or fdr not in FDR_PERCENT:
        raise SelectionError("FDR")
    return f"{condition}_{fdr:02}.feather"


def effects_path(target: str, compiled: Path | None = None) -> Path:
    """The genes that respond to `target`; absent when no cell type was tested for it."""
    return (compiled or root()) / "ligand_effects" / f"{CIN}_{safe(target)}.feather"


def default_path(figure: str) -> Path:
    """The pickled default view of `figure` (`circos`, `interactions` or `ligand_effects`)."""
    return root() / f"default_{figure}.pkl"


def among(paths: list[str], wanted: Path) -> str:
    """The one of `paths` that is the same file below its folder `compiled` as `wanted`."""
    tail = wanted.relative_to(root()).as_posix()
    for path in paths:
        if path.endswith(f"/compiled/{tail}"):
            return path
    raise DataError(f'"{tail}" is not among the inputs: {", ".join(paths) or "none"}')


def check(path: Path | str) -> None:
    """Raise `DataError` unless `path` is whole: magic at both ends and a readable schema."""
    _check_magic(path)
    try:
        with pa.OSFile(str(path)) as source, pa.ipc.open_file(source) as reader:
            _ = reader.schema
    except (OSError, pa.ArrowException) as error:
        raise DataError.of(path, "is not a feather file", _first_line(error)) from error


def read(path: Path | str, columns: list[str]) -> pa.Table:
    """Read `columns` of a feather file, without the rows of the hidden cell type.

    Raises `DataError` when the file is missing, incomplete, or lacks a column.
    """
    _check_magic(path)
    try:
        table = feather.read_table(str(path), columns=columns, memory_map=False)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise DataError.of(path, "cannot be read", _first_line(error)) from error
    for index, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            plain = table.column(index).cast(field.type.value_type)
            table = table.set_column(index, field.name, plain)
    for column in _CELL_TYPE_COLUMNS:
        if column in table.column_names:
            table = table.filter(pc.not_equal(table[column], HIDDEN_CELL_TYPE))
    return table


def is_true(table: pa.Table, column: str) -> pa.ChunkedArray:
    """The mask of a flag column, false where it is null."""
    return pc.fill_null(pc.cast(table[column], pa.bool_()), False)


def _check_magic(path: Path | str) -> None:
    try:
        with open(path, "rb") as file:
            head = file.read(len(_MAGIC))
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - len(_MAGIC)))
            tail = file.read(len(_MAGIC))
    except FileNotFoundError as error:
        raise DataError.of(path, "is missing from this data release") from error
    except OSError as error:
        raise DataError.of(path, "cannot be opened", error.strerror or "") from error
    if head != _MAGIC or tail != _MAGIC:
        raise DataError.of(
            path, f"is not a whole feather file ({size} bytes); compile or sync it again"
        )


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
