"""Configurations from values and from TOML, and to TOML; what cannot be one is refused in a sentence."""

from __future__ import annotations

import tomllib
from pathlib import Path

import tomli_w
from pydantic import ValidationError

from clioscope.config.model import Config
from clioscope.config.questions import Area, FacetQuestion
from clioscope.errors import ConfigError


def make_config(**values: object) -> Config:
    """Build a :class:`Config`; a :class:`~clioscope.errors.ConfigError` says in a sentence why it cannot be."""
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        raise ConfigError("\n".join(_sentence(e) for e in error.errors())) from None


def read_config(path: Path) -> Config:
    """Read the ``[config]`` table of ``path``: the ``run.toml`` of any run, or one written by hand.

    Files of prompts are meant as seen from where ``path`` is.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read ({error}).") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from None
    values = table.get("config")
    if not isinstance(values, dict):
        raise ConfigError(f"{path} has no [config] table. The run.toml of any run is an example.")
    try:
        config = make_config(**values)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    beside = path.absolute().parent
    return config.model_copy(update={"prompts": {name: str(beside / file) for name, file in config.prompts.items()}})


def read_facets(path: Path) -> dict[str, list[object]]:
    """The ``[[facet]]`` and ``[[area]]`` tables of ``path``, as values for :func:`make_config`."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            f"--facets {path} cannot be read: there is no such file. Give the path of a TOML file with [[facet]] and "
            "[[area]] tables; one column of the data to count by is --facet NAME."
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"--facets {path} cannot be read as TOML ({error}).") from None
    unknown = sorted(set(table) - {"facet", "area"})
    if unknown or not table:
        found = f"has [{unknown[0]}]" if unknown else "is empty"
        raise ConfigError(f"--facets {path} {found}: it holds [[facet]] and [[area]] tables.")
    for name, model in (("facet", FacetQuestion), ("area", Area)):
        if not isinstance(table.get(name, []), list):
            raise ConfigError(f"--facets {path}: write [[{name}]], with two brackets.")
        for number, row in enumerate(table.get(name, []), 1):
            _check_row(f"--facets {path}, [[{name}]] {row.get('name', number)}", model, row)
    return {option: table[name] for option, name in (("questions", "facet"), ("areas", "area")) if name in table}


def _check_row(where: str, model: type[FacetQuestion] | type[Area], row: dict[str, object]) -> None:
    """Raise a :class:`ConfigError` that says what is wrong with one table of a facets file."""
    try:
        model.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            said = f"there is no {key}; it takes {', '.join(model.model_fields)}"
        elif first["type"] == "missing":
            said = f"{key} is missing"
        elif first["type"] == "string_pattern_mismatch":
            said = "a name has small letters, digits and underscores, begins with a letter, and has at most 40"
        else:
            message = first["msg"].removeprefix("Value error, ")
            said = f"{key}: {message}" if key else message
        raise ConfigError(f"{where}: {said}.") from None


def config_toml(config: Config, **tables: dict[str, object]) -> str:
    """``config`` as TOML, with further tables behind it."""
    values = config.model_dump(mode="json", exclude_none=True)
    return tomli_w.dumps({"config": values, **tables})


def _sentence(error: object) -> str:
    assert isinstance(error, dict)
    message = str(error["msg"]).removeprefix("Value error, ")
    if not error["loc"]:
        return message
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"There is no option `{where}`. Known: {', '.join(sorted(Config.model_fields))}."
    return f"{where} = {error['input']!r}: {message}."
