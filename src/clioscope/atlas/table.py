"""A table of an atlas, in the library that the reader likes best."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from clioscope.errors import ClioscopeError

if TYPE_CHECKING:
    import pandas
    import polars


class Table:
    """Rows of an atlas.

    ``to_arrow()``, ``to_pandas()`` and ``to_polars()`` give all of it; iterating gives one dict a row.
    """

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def __iter__(self) -> Any:
        return iter(self._table.to_pylist())

    def __repr__(self) -> str:
        return f"<Table of {len(self)} rows: {', '.join(self._table.column_names)}>"

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The Arrow PyCapsule interface: polars, pandas, DuckDB and others read a table as it is."""
        return self._table.__arrow_c_stream__(requested_schema)

    def to_arrow(self) -> pa.Table:
        """The rows as a :class:`pyarrow.Table`."""
        return self._table

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a pandas DataFrame. Needs ``pip install 'clioscope[pandas]'``."""
        try:
            import pandas  # noqa: F401  (pyarrow's own message would not say what to install)
        except ImportError:
            raise ClioscopeError("pandas is not installed: pip install 'clioscope[pandas]'.") from None
        return self._table.to_pandas()

    def to_polars(self) -> polars.DataFrame:
        """The rows as a polars DataFrame. Needs ``pip install 'clioscope[polars]'``."""
        try:
            import polars
        except ImportError:
            raise ClioscopeError("polars is not installed: pip install 'clioscope[polars]'.") from None
        frame = polars.from_arrow(self._table)
        assert isinstance(frame, polars.DataFrame)
        return frame
