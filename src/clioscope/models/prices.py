"""What calls cost: a price table that the user can edit."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clioscope.errors import ConfigError
from clioscope.models.store import Spent
from clioscope.vault import write_text
from clioscope.vault.files import read_text

_MILLION = 1_000_000

_A_ROW = (
    'A row is [[price]] with match = ["openai/gpt-5-nano*"], prompt and completion in US dollars for a million tokens.'
)


class Price(BaseModel):
    """US dollars for a million tokens. ``batch`` is the share of them that a batch costs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    match: tuple[str, ...]
    prompt: float = Field(ge=0)
    completion: float = Field(ge=0)
    batch: float = Field(default=0.5, ge=0, le=1)

    def of(self, prompt_tokens: float, completion_tokens: float, *, batched: bool = False) -> float:
        """US dollars for so many tokens."""
        full = (prompt_tokens * self.prompt + completion_tokens * self.completion) / _MILLION
        return full * self.batch if batched else full


class Cost(NamedTuple):
    """US dollars. ``unpriced``: models that the table does not know, whose calls are not in ``dollars``."""

    dollars: float
    unpriced: tuple[str, ...]


class PriceTable:
    """The price of each model; a later row wins over an earlier one."""

    def __init__(self, rows: Sequence[Price]) -> None:
        self._rows = rows
        self._found: dict[str, Price | None] = {}

    def of(self, model: str) -> Price | None:
        """The price of ``provider/model``; nothing for a model on one's own machine, ``None`` where unknown."""
        if model not in self._found:
            fitting = [row for row in self._rows if any(fnmatchcase(model, pattern) for pattern in row.match)]
            self._found[model] = fitting[-1] if fitting else None
        return self._found[model]

    def toml(self) -> str:
        """All rows, as :func:`read_prices` takes them."""
        return tomli_w.dumps({"price": [row.model_dump(mode="json") for row in self._rows]})

    def cost(self, spent: Sequence[Spent]) -> Cost:
        """What has been spent."""
        dollars, unpriced = 0.0, set()
        for row in spent:
            price = self.of(row.model)
            if price is None:
                unpriced.add(row.model)
                continue
            batched = (row.batched_prompt_tokens, row.batched_completion_tokens)
            live = (row.prompt_tokens - batched[0], row.completion_tokens - batched[1])
            dollars += price.of(*live) + price.of(*batched, batched=True)
        return Cost(dollars, tuple(sorted(unpriced)))


def shipped_prices() -> str:
    """The table that comes with this version, as TOML."""
    return files("clioscope.models").joinpath("prices.toml").read_text(encoding="utf-8")


def prices_of_run(vault: Path) -> PriceTable:
    """The table that a run last counted with."""
    path = vault / "prices.toml"
    return PriceTable(_rows(tomllib.loads(read_text(path)), str(path))) if path.exists() else read_prices(None)


def keep_prices(vault: Path, table: PriceTable) -> None:
    """Keep the table that a run counts with, for whoever asks later what it cost."""
    write_text(vault / "prices.toml", table.toml())


def read_prices(path: Path | None) -> PriceTable:
    """The shipped table, with the rows of ``path`` over it.

    Raises
    ------
    ConfigError
        The file is not such a table.
    """
    rows = _rows(tomllib.loads(shipped_prices()), "the shipped price table")
    if path is not None:
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(f"--prices {path} cannot be read as TOML ({error}).") from None
        rows += _rows(table, str(path))
    return PriceTable(rows)


def _rows(table: Mapping[str, Any], where: str) -> list[Price]:
    rows, other = table.get("price"), sorted(set(table) - {"price"})
    if other or not rows or not isinstance(rows, list):
        raise ConfigError(f"{where}: {f'{other[0]} is not known' if other else 'there are no prices'}. {_A_ROW}")
    try:
        return [Price.model_validate(row) for row in rows]
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{where}: {field}: {first['msg']}. {_A_ROW}") from None


def refuse_unpriced(table: PriceTable, models: Sequence[str]) -> None:
    """Refuse a limit on what cannot be priced."""
    unknown = [model for model in models if table.of(model) is None]
    if unknown:
        raise ConfigError(
            f"--max-cost: the price of {', '.join(unknown)} is not known. Write it into a file for --prices: [[price]] "
            f'with match = ["{unknown[0]}"], prompt and completion in US dollars for a million '
            "tokens."
        )
