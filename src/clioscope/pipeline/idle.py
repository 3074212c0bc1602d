"""Options that are given and change nothing, so that nobody counts on them."""

from __future__ import annotations

from clioscope.config import Config
from clioscope.models.judges import Calls
from clioscope.models.names import FILE, parse_model

_OF_CALLS = {
    "--max-cost": "max_cost",
    "--prices": "prices",
    "--batch": "batch",
    "--base-url": "base_url",
    "--at-once": "at_once",
    "--rpm": "requests_per_minute",
    "--tpm": "tokens_per_minute",
    "--timeout": "timeout",
    "--patience": "patience",
}
_OF_ANY_MODEL = {"--prompt": "prompts"}
_OF_EXTRACT = {
    "--one-call-a-facet": "packed",
    "--conversation-tokens": "conversation_tokens",
    "--max-failed": "max_failed",
}
_OF_AUDIT = {"--audit-sample": "audit_sample"}
_OF_PROVIDERS = ("--batch", "--base-url", "--timeout", "--patience")


def idle_options(config: Config, calls: Calls, *, retry_failed: bool = False) -> list[str]:
    """A sentence for each kind of options that have no effect as the run is configured."""
    of_calls = [option for option, name in _OF_CALLS.items() if getattr(calls, name) != getattr(Calls, name)]
    again = ["--retry-failed"] if retry_failed else []
    of_extract = _changed(config, _OF_EXTRACT) + again
    of_audit = _changed(config, _OF_AUDIT)
    said = _of_languages(config)
    if not config.models:
        of_models = [*of_calls, *_changed(config, _OF_ANY_MODEL), *of_extract, *of_audit]
        return said + _told(of_models, "no --model is named")
    if "extract" not in config.models:
        said += _told(of_extract, "no model is named for extract")
    if "audit" not in config.models:
        said += _told(of_audit, "no model is named for audit")
    if all(parse_model(name).provider == FILE for name in config.models.values()):
        in_files = [option for option in of_calls if option in _OF_PROVIDERS]
        said += _told(in_files, "all that is asked is written to files for others to answer")
    return said


def _of_languages(config: Config) -> list[str]:
    given = _changed(config, {"--languages-apart": "align_languages"})
    if config.epsilon is not None:
        return _told(given, "the clusters of a release with noise are public, and no vector is moved")
    if "extract" in config.models:
        return _told(given, "the model that extracts answers in one language")
    return []


def _changed(config: Config, options: dict[str, str]) -> list[str]:
    defaults = type(config).model_fields
    return [
        option
        for option, name in options.items()
        if getattr(config, name) != defaults[name].get_default(call_default_factory=True)
    ]


def _told(options: list[str], why: str) -> list[str]:
    return [f"{', '.join(options)}: without effect, since {why}."] if options else []
