"""The file that says who gets in: where people sign in, and which groups have which roles."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from clioscope.errors import ConfigError
from clioscope.explorer.access import Grants, Role

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def _safe_address(address: str) -> str:
    try:
        split = urlsplit(address)
        _ = split.port
    except ValueError:
        raise ValueError("this is no address") from None
    if split.scheme not in ("http", "https") or not split.hostname or split.username or split.query or split.fragment:
        raise ValueError("this has to be an address such as https://clioscope.example.org")
    if split.scheme == "http" and split.hostname not in _LOOPBACK:
        raise ValueError("this has to begin with https://, or passwords and cookies could be read on the way")
    return address


def _own_address(address: str) -> str:
    split = urlsplit(_safe_address(address))
    if split.path not in ("", "/"):
        raise ValueError("this has to be the whole host name: the explorer cannot be below a folder of another site")
    assert split.hostname is not None
    host = f"[{split.hostname}]" if ":" in split.hostname else split.hostname
    usual = {"http": 80, "https": 443}[split.scheme]
    return f"{split.scheme}://{host}" + (f":{split.port}" if split.port not in (None, usual) else "")


Address = Annotated[str, AfterValidator(_safe_address)]
OwnAddress = Annotated[str, AfterValidator(_own_address)]
Text = Annotated[str, Field(min_length=1, max_length=1_000)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Provider(_Part):
    """Where people sign in, and as what the explorer is known there."""

    issuer: Address
    client_id: Text
    client_secret_env: Text | None = None
    name: Text = "single sign-on"
    scopes: list[Text] = ["openid", "profile", "email"]
    groups_claim: Text = "groups"
    user_claim: Text | None = None

    @model_validator(mode="after")
    def _asks_for_openid(self) -> Provider:
        if "openid" not in self.scopes:
            raise ValueError('scopes has to hold "openid"')
        return self


class Given(_Part):
    """Which groups have which roles, and what everybody has who signs in."""

    default: Role | None = None
    groups: dict[str, Role | list[Role]] = {}

    def roles(self, groups: frozenset[str]) -> frozenset[Role]:
        """The roles of somebody in ``groups``: all of them together."""
        found: set[Role] = {self.default} if self.default else set()
        for group in groups & self.groups.keys():
            given = self.groups[group]
            found |= set(given) if isinstance(given, list) else {given}
        return frozenset(found)


class GivenOnRuns(Given):
    """The same for some runs, for which it alone counts."""

    names: Annotated[list[Text], Field(min_length=1)]


class SessionTimes(_Part):
    """When sessions end."""

    idle_hours: Annotated[float, Field(gt=0, le=24 * 30, strict=False)] = 12
    days: Annotated[float, Field(gt=0, le=90, strict=False)] = 7


class TokenTimes(_Part):
    """For how long tokens may be made."""

    most_days: Annotated[int, Field(ge=1, le=365)] = 365


class Access(_Part):
    """A whole access file."""

    url: OwnAddress
    oidc: Provider
    roles: Given = Given()
    runs: list[GivenOnRuns] = []
    sessions: SessionTimes = SessionTimes()
    tokens: TokenTimes = TokenTimes()

    @model_validator(mode="after")
    def _lets_somebody_in(self) -> Access:
        if not any(given.default or given.groups for given in (self.roles, *self.runs)):
            raise ValueError("nobody is given a role: write roles.groups, roles.default or [[runs]]")
        return self

    @property
    def scheme(self) -> Literal["http", "https"]:
        """Of the explorer's own address."""
        return "https" if self.url.startswith("https:") else "http"

    @property
    def host(self) -> str:
        """The name that the explorer answers to."""
        return urlsplit(self.url).hostname or ""

    def secret(self) -> str | None:
        """The client's secret, from the environment; ``None`` of a public client."""
        return os.environ[self.oidc.client_secret_env] if self.oidc.client_secret_env else None

    def grants(self, groups: frozenset[str]) -> Grants:
        """What somebody in ``groups`` may do."""
        of_runs = ((name, given.roles(groups)) for given in self.runs for name in given.names)
        return Grants(self.roles.roles(groups), tuple(of_runs))


def read_access(path: Path) -> Access:
    """The access file at ``path``.

    Raises
    ------
    ConfigError
        It cannot be read, or something in it is not what it has to be: with the place.
    """
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is no text in UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is no TOML: {error}.") from None
    try:
        found = Access.model_validate(told)
    except ValidationError as error:
        raise ConfigError(" ".join(_sentence(path, one) for one in error.errors()[:5])) from None
    name = found.oidc.client_secret_env
    if name and not os.environ.get(name):
        raise ConfigError(
            f"{path}, oidc.client_secret_env: the environment has no {name}. Set it, or leave the line out if the "
            "provider knows the explorer as a public client."
        )
    return found


def _sentence(path: Path, error: Any) -> str:
    """One of pydantic's errors with its place. A group's name may hold dots, and is quoted then."""
    where = ""
    for part in error["loc"]:
        if isinstance(part, int):
            where += f"[{part + 1}]"
        elif not part.startswith(("literal", "list", "function-")):
            where += f".{part}" if _BARE_KEY.fullmatch(part) else f'."{part}"'
    said = str(error["msg"]).removeprefix("Value error, ").rstrip(".")
    known = {"missing": "this is missing", "extra_forbidden": "there is no such setting"}
    said = known.get(error["type"], f"{said[:1].lower()}{said[1:]}")
    return f"{path}, {where.lstrip('.') or 'as a whole'}: {said}."
