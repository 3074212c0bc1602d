"""What is written behind an option of ``clioscope run``, read; or a sentence about how to write it."""

from __future__ import annotations

from pathlib import Path

from clioscope.errors import ConfigError
from clioscope.models.base import JUDGEMENTS
from clioscope.models.names import parse_model


def pair(text: str, option: str, example: str) -> tuple[str, str]:
    """What ``name=value`` says, of ``option``."""
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise ConfigError(f"{option} {text}: write it as name=value, such as {option} {example}.")
    return name, value


def models_of(texts: list[str]) -> dict[str, str]:
    """The model of each judgement: of all where none is named, and what is named wins."""
    named: dict[str, str] = {}
    for_all: list[str] = []
    for text in texts:
        judgement, equals, model = text.partition("=")
        if equals and judgement in JUDGEMENTS:
            named[judgement] = model
        elif equals and judgement.isidentifier():
            raise ConfigError(f"--model {text}: no judgement is called {judgement}; there are {', '.join(JUDGEMENTS)}.")
        else:
            for_all.append(text)
    if len(for_all) > 1:
        raise ConfigError(
            f"--model {for_all[0]} and --model {for_all[1]} are both for every judgement. Say what each is for, as in "
            f"--model extract={for_all[0]}."
        )
    for text in [*for_all, *named.values()]:
        parse_model(text)
    return (dict.fromkeys(JUDGEMENTS, for_all[0]) if for_all else {}) | named


def text_of(path: Path) -> str:
    """The text of a file given with ``--summary-prompt``."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"--summary-prompt {path} cannot be read: there is no such file. Give the path of a text file with "
            "fields such as {{ subject }}."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"--summary-prompt {path} cannot be read ({error}).") from None


def numbers(text: str) -> list[int]:
    """The sizes of the levels given with ``--hierarchy``."""
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise ConfigError(f"--hierarchy {text}: write whole numbers with commas, base first, such as 150,10.") from None
