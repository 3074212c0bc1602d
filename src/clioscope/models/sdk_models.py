"""Models behind the official libraries, with the libraries' own retries off."""

from __future__ import annotations

import asyncio
import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

import httpx2

from clioscope.errors import ConfigError
from clioscope.models import wire_anthropic, wire_openai
from clioscope.models.addresses import address_of, is_elsewhere, secrets_in, shown
from clioscope.models.base import Answer, CallError, Reply, Request
from clioscope.models.fitting import adapted
from clioscope.models.names import PROVIDERS, ModelName
from clioscope.models.profiles import SHIPPED, ModelProfile, Profiles
from clioscope.models.provider_batches import BatchSettings, ProviderBatches
from clioscope.models.sdk import call_error, limits, parsed

_AZURE_API_VERSION = "2024-10-21"

_NEEDED = {"bedrock": ("boto3", "botocore.auth"), "vertex": ("google.auth.transport.requests",)}
"""What the library needs for each cloud, and imports when it makes the first call."""

_CALLS_A_CLIENT = 8
"""At once. A client looks at every connection it has for each call, which with 50 of them is a fifth of the work."""


class _SdkModel(ABC):
    """Sends what the model's profile says, and learns where the model takes less.

    Parameters
    ----------
    open_client
        Makes a client of the provider's library.
    """

    _path: str

    def __init__(
        self,
        name: ModelName,
        open_client: Callable[[], Any],
        key: str | None,
        timeout: float,
        profile: ModelProfile,
    ) -> None:
        self._open_client = open_client
        self._clients = {open_client(): 0}
        self.name = str(name)
        url = str(next(iter(self._clients)).base_url)
        self.address = shown(url)
        self._timeout = timeout
        self._model = name.model
        self._secrets = (*((key,) if key else ()), *secrets_in(url))
        self._profile = profile

    async def answer(self, request: Request) -> Reply:
        """See :class:`clioscope.models.base.Model`."""
        tried: list[ModelProfile] = []
        while True:
            tried.append(self._profile)
            try:
                return await self._once(request, tried[-1])
            except CallError as error:
                takes = adapted(tried[-1], error)
                if takes is None or takes in tried:
                    raise
                self._profile = takes

    async def _once(self, request: Request, profile: ModelProfile) -> Reply:
        client = self._free_client()
        self._clients[client] += 1
        try:
            # The libraries' own call for endpoints without a method: the same, less a walk through all of the body.
            # Their timeout is for each part of a response; this one is for all of it.
            async with asyncio.timeout(self._timeout):
                body = self._body(request, profile)
                response = await client.post(self._path, body=body, cast_to=httpx2.Response)
        except Exception as error:
            raise call_error(error, self._secrets) from None
        finally:
            self._clients[client] -= 1
        return Reply(self._read(parsed(response.content)), limits(response.headers))

    def _free_client(self) -> Any:
        """The first that is not busy, so that connections are used again; another one where all are."""
        for client, calls in self._clients.items():
            if calls < _CALLS_A_CLIENT:
                return client
        self._clients[client := self._open_client()] = 0
        return client

    @abstractmethod
    def _body(self, request: Request, profile: ModelProfile) -> dict[str, Any]: ...

    @abstractmethod
    def _read(self, response: Any) -> Answer: ...

    async def close(self) -> None:
        """See :class:`clioscope.models.base.Model`."""
        for client in self._clients:
            await client.close()


class OpenAIModel(_SdkModel):
    """Any server that speaks OpenAI's chat format."""

    _path = "/chat/completions"

    def _body(self, request: Request, profile: ModelProfile) -> dict[str, Any]:
        return wire_openai.body(request, self._model, profile)

    def _read(self, response: Any) -> Answer:
        return wire_openai.answer(response)


class AnthropicModel(_SdkModel):
    """Anthropic's API, or its models on Bedrock or Vertex."""

    _path = "/v1/messages"

    def _body(self, request: Request, profile: ModelProfile) -> dict[str, Any]:
        return wire_anthropic.body(request, self._model, profile)

    def _read(self, response: Any) -> Answer:
        return wire_anthropic.answer(response)


def connect(
    name: ModelName, base_url: str | None, timeout: float, profiles: Profiles = SHIPPED
) -> OpenAIModel | AnthropicModel:
    """Make the model ready to be asked.

    Parameters
    ----------
    base_url
        Instead of the provider's own.
    timeout
        Seconds that one call may take.

    Raises
    ------
    ConfigError
        The provider's key is not in the environment, its library is not installed, or the address is none.
    """
    provider = PROVIDERS[name.provider]
    url = address_of(name, base_url)
    key = _key(name, is_elsewhere(name, base_url))
    profile = profiles.of(str(name))
    options: dict[str, Any] = {"max_retries": 0, "timeout": timeout}
    if provider.wire == "openai":
        from openai import AsyncOpenAI

        opens = partial(AsyncOpenAI, api_key=key or "none", base_url=url, **options)
        return OpenAIModel(name, opens, key, timeout, profile)
    if provider.wire == "azure":
        return OpenAIModel(name, partial(_azure, key, url, options), key, timeout, profile)
    if provider.wire == "anthropic":
        from anthropic import AsyncAnthropic

        claude = partial(AsyncAnthropic, api_key=key or "none", base_url=url, **options)
        return AnthropicModel(name, claude, key, timeout, profile)
    cloud = partial(_cloud, provider.wire, url, options)
    return AnthropicModel(name, cloud, _bedrock_key(provider.wire), timeout, profile)


def batch_service(
    name: ModelName, base_url: str | None, timeout: float, settings: BatchSettings, profiles: Profiles = SHIPPED
) -> ProviderBatches:
    """The batches of the model's provider.

    Raises
    ------
    ConfigError
        It has none.
    """
    provider = PROVIDERS[name.provider]
    url = address_of(name, base_url)
    options: dict[str, Any] = {"max_retries": 0, "timeout": timeout, "base_url": url}
    if provider.wire not in ("openai", "anthropic"):
        raise ConfigError(f"--batch: {name.provider} takes no batches here. Leave out --batch.")
    key = _key(name, is_elsewhere(name, base_url))
    keys = (*((key,) if key else ()), *secrets_in(url))
    if provider.wire == "openai":
        from openai import OpenAI

        from clioscope.models.openai_batches import OpenAIBatches

        return OpenAIBatches(name, OpenAI(api_key=key or "none", **options), keys, settings, profiles.of(str(name)))
    from anthropic import Anthropic

    from clioscope.models.anthropic_batches import AnthropicBatches

    return AnthropicBatches(name, Anthropic(api_key=key or "none", **options), keys, settings, profiles.of(str(name)))


def _key(name: ModelName, elsewhere: bool) -> str | None:
    variable = PROVIDERS[name.provider].key
    if variable is None:
        return None
    key = os.environ.get(variable, "").strip()
    if key or elsewhere:
        return key or None
    raise ConfigError(f"{name} needs a key: set {variable} in the environment. It is kept nowhere.")


def _azure(key: str | None, url: str | None, options: dict[str, Any]) -> Any:
    from openai import AsyncAzureOpenAI

    endpoint = url or os.environ.get("AZURE_OPENAI_ENDPOINT")
    if not endpoint:
        raise ConfigError("azure/DEPLOYMENT needs AZURE_OPENAI_ENDPOINT in the environment, or --base-url.")
    version = os.environ.get("OPENAI_API_VERSION", _AZURE_API_VERSION)
    return AsyncAzureOpenAI(api_key=key or "none", azure_endpoint=endpoint, api_version=version, **options)


def _cloud(wire: str, url: str | None, options: dict[str, Any]) -> Any:
    try:
        for module in () if _bedrock_key(wire) else _NEEDED[wire]:
            import_module(module)
        if wire == "bedrock":
            from anthropic import AsyncAnthropicBedrock

            return AsyncAnthropicBedrock(base_url=url, **options)
        from anthropic import AsyncAnthropicVertex

        return AsyncAnthropicVertex(base_url=url, **options)
    except ImportError as error:
        raise ConfigError(f"{wire}/ needs more: pip install 'clioscope[{wire}]' ({error}).") from None
    except Exception as error:
        raise ConfigError(f"{wire}/ cannot be reached with what is in the environment: {error}") from None


def _bedrock_key(wire: str) -> str | None:
    """A key of Bedrock's own, with which no library is needed to sign the calls."""
    return os.environ.get("AWS_BEARER_TOKEN_BEDROCK") or None if wire == "bedrock" else None
