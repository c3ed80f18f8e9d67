"""Parquet and Arrow files: the small columns at once, the pictures a few rows at a time.

A shard of the benchmark holds hundreds of megabytes of pictures and a few kilobytes of everything
else. So the two are read apart: `read_columns` gives all that is not a picture, and `Cells` walks
through the pictures from front to back, holding no more than a row group.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from widespectrum.errors import BadInput, MissingExtra

if TYPE_CHECKING:
    import pyarrow as pa

PARQUET = (".parquet", ".pq")
ARROW = (".arrow",)
BATCH_ROWS = 8
"""Rows of pictures that are handed on at a time. What is held depends on the file: a page is always
decoded whole, and many writers make a row group one page."""
MAX_COLUMN_BYTES = 2 * 1024**3
"""Largest size, uncompressed, of everything in one file that is not a picture."""


def is_arrow(path: Path) -> bool:
    """Whether the file is one that this module reads, by its name."""
    return path.suffix.lower() in (*PARQUET, *ARROW)


def read_columns(path: Path) -> tuple[dict[str, list[Any]], tuple[str, ...]]:
    """All columns that are not pictures, as Python values, and the names of those that are.

    Raises:
        BadInput: the file is truncated, damaged, or of another format. Names it.
        MissingExtra: pyarrow is not installed.
    """
    with _reading(path):
        schema = _schema(path)
        pictures = tuple(field.name for field in schema if _is_picture(field.type))
        others = [name for name in schema.names if name not in pictures]
        repeated = {name for name in schema.names if schema.names.count(name) > 1}
        if repeated:
            raise BadInput("appears twice", "Rename one.", file=path, field=min(repeated))
        if path.suffix.lower() in PARQUET:
            file = _parquet().ParquetFile(path, page_checksum_verification=True)
            _refuse_giant(path, file.metadata, others)
            table = file.read(columns=others)
        else:
            batches = list(_arrow_batches(path, others))
            table = _arrow().Table.from_batches(batches) if batches else None
        columns = {name: [] if table is None else table.column(name).to_pylist() for name in others}
        rows = _row_count(path)
    return columns | {name: [None] * rows for name in pictures}, pictures


class Cells:
    """The picture cells of one file, read from front to back.

    Asking for a row before the last one starts again at its row group, so that any order is right
    and the usual order is fast.

    Args:
        path: a Parquet or Arrow file.
        columns: the picture columns that are wanted.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self.columns = tuple(columns)
        self._stream: Iterator[tuple[int, Any]] | None = None
        self._first = 0
        self._batch: Any = None

    def at(self, row: int) -> dict[str, Any]:
        """The cells of one row, by column.

        Args:
            row: from 0.

        Raises:
            BadInput: the file ends before it, or is damaged.
        """
        with _reading(self.path):
            while self._batch is None or not 0 <= row - self._first < len(self._batch):
                if self._stream is None or row < self._first:
                    self._stream = self._from(row)
                self._first, self._batch = next(self._stream, (0, None))
                if self._batch is None:
                    self._stream = None
                    raise BadInput(
                        f"ends before row {row + 1}", "Download it again.", file=self.path
                    )
            cells = self._batch.slice(row - self._first, 1).to_pylist()[0]
        return dict(cells)

    def _from(self, row: int) -> Iterator[tuple[int, Any]]:
        """Batches with their first rows, beginning at or before `row`."""
        if self.path.suffix.lower() in PARQUET:
            file = _parquet().ParquetFile(
                self.path, pre_buffer=False, buffer_size=1 << 20, page_checksum_verification=True
            )
            start, groups = 0, list(range(file.metadata.num_row_groups))
            while groups and start + file.metadata.row_group(groups[0]).num_rows <= row:
                start += file.metadata.row_group(groups.pop(0)).num_rows
            batches = file.iter_batches(
                BATCH_ROWS, row_groups=groups, columns=list(self.columns), use_threads=False
            )
        else:
            start, batches = 0, _arrow_batches(self.path, self.columns)
        for batch in batches:
            yield start, batch
            start += len(batch)


def _is_picture(kind: pa.DataType) -> bool:
    """Bytes, or what the `datasets` library makes of an image: bytes and path."""
    types = _arrow().types
    if types.is_struct(kind):
        return any(field.name == "bytes" and _is_picture(field.type) for field in kind)
    return bool(types.is_binary(kind) or types.is_large_binary(kind))


def _schema(path: Path) -> pa.Schema:
    if path.suffix.lower() in PARQUET:
        return _parquet().read_schema(path)
    with _arrow().memory_map(str(path)) as source:
        return _arrow().ipc.open_stream(source).schema


def _row_count(path: Path) -> int:
    if path.suffix.lower() in PARQUET:
        return int(_parquet().read_metadata(path).num_rows)
    return sum(len(batch) for batch in _arrow_batches(path, ()))


def _arrow_batches(path: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    with _arrow().memory_map(str(path)) as source:
        for batch in _arrow().ipc.open_stream(source):
            # Parquet is checked as it is decoded; here the offsets are used as they stand.
            batch.validate(full=True)
            yield batch.select(list(columns)) if columns else batch


def _refuse_giant(path: Path, metadata: Any, columns: Sequence[str]) -> None:
    wanted = set(columns)
    size = 0
    for group in range(metadata.num_row_groups):
        about = metadata.row_group(group)
        for place in range(about.num_columns):
            column = about.column(place)
            if column.path_in_schema.split(".")[0] in wanted:
                size += column.total_uncompressed_size
    if size > MAX_COLUMN_BYTES:
        raise BadInput(
            f"holds {size:,} bytes beside its pictures; at most {MAX_COLUMN_BYTES:,} are read",
            "Split it, or drop the columns that are not needed.",
            file=path,
        )


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn the errors of the Parquet library into ours."""
    arrow = _arrow()
    try:
        yield
    except (arrow.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        form = "Parquet" if path.suffix.lower() in PARQUET else "Arrow"
        raise BadInput(
            f"cannot be read as {form} ({reason})",
            "It is truncated or damaged. Download it again.",
            file=path,
        ) from error


def _arrow() -> Any:
    try:
        import pyarrow
        import pyarrow.ipc
        import pyarrow.types
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "Parquet with pictures in it needs pyarrow, which is not installed",
            "pip install 'widespectrum[hub]', or pyarrow alone.",
        ) from error
    return pyarrow


def _parquet() -> Any:
    _arrow()
    import pyarrow.parquet

    return pyarrow.parquet
