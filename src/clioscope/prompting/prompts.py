"""The prompts: Jinja files that anybody can read and replace."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from clioscope.errors import ConfigError
from clioscope.prompting import material

PROMPTS: dict[str, str] = {
    "extract": "Answers the facet questions about one conversation.",
    "record": "Answers them about one record, where a summary prompt is given.",
    "name": "Names and describes a cluster, from members and contrasting non-members.",
    "propose": "Proposes names for groups of neighbouring clusters.",
    "merge": "Makes one list of distinct names from everything that was proposed for a level.",
    "assign": "Chooses the group that a cluster belongs to.",
    "parent": "Names and describes a group from the clusters in it.",
    "words": "Names and describes a cluster from words that its people share; it sees no facet texts.",
    "reword": "Writes a name and description again without words that too few people share.",
    "name_keywords": "Names a cluster from keywords that were released with noise (--epsilon).",
    "audit": "Scores a text from 1 to 5 for what could identify a person.",
    "rewrite": "Rewrites a text that the auditor scored too low.",
    "belongs": "Says whether a conversation belongs in a cluster (clioscope evaluate).",
    "choose": "Chooses the cluster that fits a conversation best (clioscope evaluate).",
    "pick": "Tells a member of a cluster from others by the cluster's name (clioscope evaluate).",
    "distinct": "Says whether two clusters are about different things (clioscope evaluate).",
    "faithful": "Says whether a facet text is true of its conversation (clioscope evaluate).",
    "category": "Says which known category a cluster is about (clioscope evaluate --truth).",
    "synth": "Writes a made-up conversation on a topic (clioscope synth).",
    "repair": "Asks again where an answer did not fit; it stands behind the first question.",
}
"""Every prompt, and what it is for."""

_BLOCKS = ("system", "user")


class Rendered(NamedTuple):
    """One prompt with its values in place."""

    system: str
    user: str


class Prompts:
    """The prompts of one run.

    Whatever a person or a model wrote reaches a prompt through the filter ``framed``: as JSON between two tags whose
    names hold a nonce, so that no text can close its own frame. The nonce depends on the run's secret and on all
    values of the prompt, so that asking again asks the same bytes. A prompt that shows any of it otherwise, or leaves
    any of it out, is refused.

    Parameters
    ----------
    secret
        Of the run.
    overrides
        Files that stand in the place of shipped prompts, by name.

    Raises
    ------
    ConfigError
        An override is no prompt, has no such name, or does not show all that it is given in frames.
    """

    def __init__(self, secret: bytes, overrides: Mapping[str, Path] | None = None) -> None:
        self._secret = hmac.digest(secret, b"frames", hashlib.sha256)
        self._sources = {name: shipped(name) for name in PROMPTS}
        self._told = {name: f"{name} ({path})" for name, path in (overrides or {}).items()}
        for name, path in (overrides or {}).items():
            if name not in PROMPTS:
                raise ConfigError(f"There is no prompt {name!r} to override. There are: {', '.join(PROMPTS)}.")
            try:
                self._sources[name] = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError(f"The prompt {name} cannot be read from {path} ({error}).") from None
            self._template(name)
        for name in self._told:
            self.render(name, schema="{}", **material.MADE_UP[name], **material.OWN.get(name, {}))

    def render(self, name: str, **values: Any) -> Rendered:
        """Put the values into a prompt.

        Raises
        ------
        ConfigError
            The prompt asks for a value that it is not given, or does not show one in a frame.
        """
        template, told = self._template(name), self._told.get(name, name)
        nonce = self._nonce(name, values)
        try:
            given, inputs = material.guarded(values)
            context = template.new_context({**given, "nonce": nonce})
            system, user = ("".join(template.blocks[block](context)).strip() for block in _BLOCKS)
        except material.UnframedError as error:
            raise ConfigError(
                f"The prompt {told} shows {error.name} outside a frame, where what somebody wrote there could pass for "
                f"your instructions: write {{{{ {error.name} | framed }}}}, with nothing behind the filter. "
                f"`clioscope prompts {name}` shows how."
            ) from None
        except Exception as error:  # whatever an expression in somebody's own prompt raises
            raise ConfigError(f"The prompt {told} cannot be filled in: {error}.") from None
        for left_out in (of.name for of in inputs if of.value and not of.shown):
            raise ConfigError(
                f"The prompt {told} does not show {left_out}, so that the model would answer without it: write "
                f"{{{{ {left_out} | framed }}}} where it is to be read. `clioscope prompts {name}` shows how."
            )
        return Rendered(system, user)

    def _template(self, name: str) -> Template:
        return _compiled(name, self._told.get(name, name), self._sources[name])

    def _nonce(self, name: str, values: Mapping[str, Any]) -> str:
        exact = orjson.dumps([name, values], option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
        return hmac.digest(self._secret, exact, hashlib.sha256)[:6].hex()

    def version(self, *names: str) -> str:
        """A hash of these prompts' texts."""
        return hashlib.sha256("\0".join(self._sources[name] for name in names).encode()).hexdigest()[:16]

    def sources(self) -> dict[str, str]:
        """The text of every prompt of the run."""
        return dict(self._sources)


def shipped(name: str) -> str:
    """The text of a prompt as it comes with this version."""
    return files("clioscope.prompting").joinpath("templates", f"{name}.jinja").read_text(encoding="utf-8")


def _says_something(node: nodes.Output) -> bool:
    return any(not isinstance(part, nodes.TemplateData) or bool(part.data.strip()) for part in node.nodes)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        finalize=material.shown,
    )
    environment.filters["framed"] = material.framed
    environment.policies["json.dumps_kwargs"] = {"default": str}  # refuses material as other filters do
    return environment


@lru_cache(maxsize=64)
def _compiled(name: str, told: str, text: str) -> Template:
    environment = _environment()
    try:
        template = environment.from_string(text)
    except TemplateError as error:
        raise ConfigError(f"The prompt {told} is not a valid Jinja template: {error}.") from None
    if any(isinstance(node, nodes.Output) and _says_something(node) for node in environment.parse(text).body):
        raise ConfigError(f"The prompt {told} has text outside its blocks, which nobody would read: move it into one.")
    missing = [block for block in _BLOCKS if block not in template.blocks]
    if missing:
        raise ConfigError(f"The prompt {told} has no {{% block {missing[0]} %}}. `clioscope prompts {name}` shows one.")
    return template
