"""Where a model answers: as it was asked for, and as it may be shown."""

from __future__ import annotations

import ipaddress
import os
import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from clioscope.errors import ConfigError
from clioscope.models.names import PROVIDERS, ModelName


def address_of(name: ModelName, base_url: str | None) -> str | None:
    """Where a model is asked; ``None`` for the library's own default.

    Parameters
    ----------
    base_url
        What the user gave in the place of the provider's own address, if anything.

    Raises
    ------
    ConfigError
        It is no address.
    """
    url = _named(name, base_url)
    if url and _parts(url) is None:
        where = "--base-url" if base_url else _variable(name)
        # Of what is no address nobody can say which part of it is a password.
        said = "(not shown, as it may hold a password)" if re.search(r"[@?#]", url) else url
        raise ConfigError(f"{where} {said} is no address: write it in full, such as http://localhost:8000/v1.")
    return url


def shown(url: str) -> str:
    """The address without user, password, query and fragment, any of which may be a secret."""
    parts = _parts(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts else "its address"


def secrets_in(url: str | None) -> tuple[str, ...]:
    """What of an address may be shown to nobody, as it is and as it is written there."""
    parts = _parts(url) if url else None
    if parts is None:
        return ()
    user = parts.netloc.rpartition("@")[0]
    values = (value for _, value in parse_qsl(parts.query))
    found = {user, *user.split(":", 1), *map(unquote, user.split(":", 1)), parts.query, *values, parts.fragment}
    return tuple(sorted(found - {""}, key=len, reverse=True))


def answers_here(name: ModelName, base_url: str | None) -> bool:
    """Whether the model is known to answer on this machine, so that nothing leaves it.

    Of ``file:`` it is not known: anybody may answer the files.
    """
    if name.provider not in PROVIDERS:
        return False
    parts = _parts(_named(name, base_url) or "")
    host = (parts.hostname if parts else None) or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _variable(name: ModelName) -> str:
    return f"{name.provider.upper()}_BASE_URL"


def is_elsewhere(name: ModelName, base_url: str | None) -> bool:
    """Whether the user has named an address in the place of the provider's own, which may need no key."""
    return bool(base_url or os.environ.get(_variable(name)))


def _named(name: ModelName, base_url: str | None) -> str | None:
    return base_url or os.environ.get(_variable(name)) or PROVIDERS[name.provider].base_url


def _parts(url: str) -> SplitResult | None:
    """The parts of an address; ``None`` where it is none."""
    try:
        parts = urlsplit(url)
        # A port that is none is only found when it is asked for.
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not re.search(r"\s", url)
    except ValueError:
        return None
    return parts if good else None
