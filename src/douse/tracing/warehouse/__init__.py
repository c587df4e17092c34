"""Visits in a warehouse: Parquet sorted by place and by person, asked through DuckDB or Spark."""

from importlib.util import find_spec

from douse.errors import UsageError

if any(find_spec(needed) is None for needed in ("ibis", "duckdb")):
    raise UsageError(
        "The engines duckdb and spark need packages that are not installed (ibis-framework, duckdb).",
        next_step="Install them with: pip install 'douse[warehouse]' -- or use the default engine, index.",
    )
