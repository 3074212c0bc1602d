"""What can be refused before a run begins, so that a refusal leaves everything as it was."""

from __future__ import annotations

import tempfile
from pathlib import Path

from clioscope.config import Config
from clioscope.errors import ConfigError
from clioscope.facets import JudgedExtractor, LocalExtractor
from clioscope.models.judges import Calls, Judges
from clioscope.models.names import FILE, parse_model
from clioscope.models.prices import read_prices
from clioscope.models.profiles import Profiles
from clioscope.pipeline.redacting import redactor_of
from clioscope.pipeline.same_source import refuse_another_source
from clioscope.prompting import Prompts
from clioscope.vault import RunFolder


def check(config: Config, folder: Path, calls: Calls) -> None:
    """Refuse what neither can be run nor estimated. Nothing is written, and nothing is sent.

    Raises
    ------
    ClioscopeError
        With a sentence that says what was wrong and what to do.
    """
    refuse_another_source(RunFolder(folder, make=False), config)
    prompts = Prompts(bytes(32), prompt_files(config))
    redactor_of(config)
    read_prices(calls.prices)
    _refuse_unknown_facets(config, prompts)
    _refuse_unpriced(config, calls)


def check_models(config: Config, calls: Calls) -> None:
    """Refuse models that cannot be called as they are named, as without a key. Nothing is sent.

    They are opened once in a folder of their own, which goes again: whatever they refuse, they refuse here.
    """
    called = {judgement: name for judgement, name in config.models.items() if parse_model(name).provider != FILE}
    if called:
        with tempfile.TemporaryDirectory(prefix="clioscope-") as apart:
            answers, waves = Path(apart) / "answers.sqlite", Path(apart) / "waves.sqlite"
            Judges(called, calls, answers, waves, lambda _: None, Profiles(config.model_profiles)).close()


def prompt_files(config: Config) -> dict[str, Path]:
    """The files that stand in the place of shipped prompts."""
    return {name: Path(path) for name, path in config.prompts.items()}


def _refuse_unknown_facets(config: Config, prompts: Prompts) -> None:
    """Refuse to cluster by what is not asked."""
    local, judged = LocalExtractor(config).names, JudgedExtractor(config, prompts).names
    without, there = (*local.texts, *local.lists), (*judged.texts, *judged.lists)
    asks = "extract" in config.models
    for facet in config.cluster_by:
        if facet in (there if asks else without):
            continue
        if facet in there:
            raise ConfigError(
                f"--cluster-by {facet}: a model is asked for this facet, and none is named for it. Add --model "
                f"extract=PROVIDER/MODEL; without a model there is only: {', '.join(without)}."
            )
        listed = ", ".join(there if asks else without)
        more = "" if asks else f" With --model extract=PROVIDER/MODEL there are: {', '.join(there)}."
        raise ConfigError(
            f"--cluster-by {facet}: there is no text or list facet of that name. There are: {listed}.{more} Facets of "
            "your own come in a TOML file, with --facets FILE."
        )


def _refuse_unpriced(config: Config, calls: Calls) -> None:
    """Refuse a limit on what cannot be priced."""
    if not config.models:
        return
    prices = read_prices(calls.prices)
    unknown = sorted({name for text in config.models.values() if prices.of(name := str(parse_model(text))) is None})
    if calls.max_cost is None or not unknown:
        return
    file = f"Add to {calls.prices}" if calls.prices else "Write into a file, and name it with --prices FILE,"
    raise ConfigError(
        f"--max-cost: the price of {', '.join(unknown)} is not known. {file} a [[price]] table with match = "
        f'["{unknown[0]}"], prompt and completion in US dollars for a million tokens; `clioscope prices` prints the '
        "tables that are known."
    )
