"""Which model is meant by ``provider/model``."""

from __future__ import annotations

from dataclasses import dataclass

from clioscope.errors import ConfigError

FILE = "file"


@dataclass(frozen=True, slots=True)
class Provider:
    """How a provider is reached.

    Parameters
    ----------
    wire
        The format of its requests.
    base_url
        Where it answers; ``None`` for the library's own default.
    key
        The environment variable that holds the key; ``None`` where none is needed or where the library finds
        credentials of its own.
    """

    wire: str
    base_url: str | None = None
    key: str | None = None


PROVIDERS: dict[str, Provider] = {
    "openai": Provider("openai", None, "OPENAI_API_KEY"),
    "azure": Provider("azure", None, "AZURE_OPENAI_API_KEY"),
    "anthropic": Provider("anthropic", None, "ANTHROPIC_API_KEY"),
    "bedrock": Provider("bedrock"),
    "vertex": Provider("vertex"),
    "gemini": Provider("openai", "https://generativelanguage.googleapis.com/v1beta/openai/", "GEMINI_API_KEY"),
    "openrouter": Provider("openai", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    "ollama": Provider("openai", "http://localhost:11434/v1"),
    "vllm": Provider("openai", "http://localhost:8000/v1"),
    "lmstudio": Provider("openai", "http://localhost:1234/v1"),
    "llamacpp": Provider("openai", "http://localhost:8080/v1"),
}


@dataclass(frozen=True, slots=True)
class ModelName:
    """``provider/model``, or ``file:FOLDER#model``.

    Parameters
    ----------
    provider
        A key of :data:`PROVIDERS`, or ``file``.
    model
        As the provider knows it.
    folder
        Where requests are written, for ``file``.
    """

    provider: str
    model: str
    folder: str = ""

    def __str__(self) -> str:
        return f"{self.provider}/{self.model}"

    @property
    def local(self) -> bool:
        """Whether nothing leaves this machine or its network by the user's own doing."""
        return self.provider in (FILE, "ollama", "vllm", "lmstudio", "llamacpp")


def parse_model(text: str) -> ModelName:
    """Read a model's name.

    Examples
    --------
    >>> parse_model("openai/gpt-5-nano").model
    'gpt-5-nano'
    >>> parse_model("file:requests#Qwen/Qwen3-8B")
    ModelName(provider='file', model='Qwen/Qwen3-8B', folder='requests')

    Raises
    ------
    ConfigError
        No such provider, or no model behind it.
    """
    if text.startswith(f"{FILE}:"):
        folder, _, model = text.removeprefix(f"{FILE}:").partition("#")
        if not folder:
            raise ConfigError("--model file:FOLDER needs a folder, such as --model file:requests.")
        return ModelName(FILE, model or "model", folder)
    provider, slash, model = text.partition("/")
    if not slash or not model or provider not in PROVIDERS:
        raise ConfigError(
            f"--model {text}: write PROVIDER/MODEL, such as openai/gpt-5-nano. Providers: {', '.join(PROVIDERS)}, and "
            "file:FOLDER. Any other endpoint that speaks OpenAI's format: openai/MODEL with --base-url URL."
        )
    return ModelName(provider, model)
