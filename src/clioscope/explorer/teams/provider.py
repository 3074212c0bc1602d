"""Signing in with an OpenID Connect provider: the authorization code flow with PKCE, state and nonce.

References
----------
OpenID Connect Core 1.0, sections 3.1 and 5.3; OpenID Connect Discovery 1.0; RFC 7636 (PKCE); RFC 9207 (issuer in the
response); RFC 9700 (best current practice).
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import httpx2 as httpx

from clioscope.errors import ConfigError
from clioscope.explorer.teams.access_file import Access
from clioscope.explorer.teams.attempts import Attempt
from clioscope.explorer.teams.people import SignedIn, subject_of

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import OAuth2Client
    from joserfc.jwk import KeySet

CALLBACK = "/login/callback"
_SECONDS = 10
_LEEWAY = 60
_KEPT_SECONDS = 3_600.0
_LARGEST = 1_000_000
_MOST_GROUPS, _LONGEST_GROUP = 5_000, 500
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA"]
"""Signatures that only the provider can make. With HS256 the client's secret would do, and with none nothing."""
_NOT_INSTALLED = "Signing in needs pip install 'clioscope[teams]'."


class SignInError(Exception):
    """Why somebody is not signed in, in a sentence for them. ``detail`` is for the audit log."""

    def __init__(self, sentence: str, detail: str) -> None:
        super().__init__(sentence)
        self.detail = detail


class Found(NamedTuple):
    """Who signed in, and the id token that says so."""

    who: SignedIn
    id_token: str


class Provider:
    """The provider that ``access`` names. May be used from several threads.

    Raises
    ------
    ConfigError
        Authlib is not installed.
    """

    def __init__(self, access: Access) -> None:
        try:
            import authlib.integrations.httpx_client  # noqa: F401 - said now, and not when somebody wants in
        except ImportError:
            raise ConfigError(_NOT_INSTALLED) from None
        self._access, self._oidc, self._secret = access, access.oidc, access.secret()
        self._lock = threading.Lock()
        self._metadata: tuple[float, dict[str, Any]] | None = None
        self._keys: dict[str, Any] | None = None

    def address(self, attempt: Attempt) -> str:
        """Where somebody's browser goes to sign in."""
        metadata = self._discovered()
        with self._client(metadata) as client:
            found, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
            )
        return str(found)

    def sign_in(self, attempt: Attempt, code: str, issuer: str | None) -> Found:
        """Exchange ``code`` for who signed in.

        Parameters
        ----------
        issuer
            What the response says it is from; providers that tell it always do.

        Raises
        ------
        SignInError
            The provider refuses, or what it says is not to be believed.
        """
        metadata = self._discovered()
        must = metadata.get("authorization_response_iss_parameter_supported") is True
        if issuer != self._oidc.issuer and (must or issuer is not None):
            raise SignInError("The answer is from another sign-in service than it should be.", "iss of the response")
        with self._client(metadata) as client:
            answer = self._exchanged(client, metadata, attempt, code)
            claims = self._checked(answer, attempt.nonce)
            self._add_groups(client, metadata, claims)
        name = self._name(claims)
        groups = self._groups(claims)
        return Found(SignedIn(subject_of(self._oidc.issuer, claims["sub"]), name, groups), answer["id_token"])

    def leave_address(self, id_token: str | None) -> str | None:
        """Where a browser goes to end its session at the provider too; ``None`` where it has no such place."""
        try:
            endpoint = self._discovered().get("end_session_endpoint")
        except SignInError:
            return None
        if not isinstance(endpoint, str) or not _is_safe(endpoint):
            return None
        asked = {"client_id": self._oidc.client_id, "post_logout_redirect_uri": f"{self._access.url}/login"}
        asked |= {"id_token_hint": id_token} if id_token else {}
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    def _discovered(self) -> dict[str, Any]:
        """The discovery document, asked for anew after an hour."""
        with self._lock:
            if self._metadata is not None and time.monotonic() - self._metadata[0] < _KEPT_SECONDS:
                return self._metadata[1]
        found = _fetched(f"{self._oidc.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self._oidc.issuer:
            raise _not_usable(f"its discovery document is of {found.get('issuer')!r}, and not of {self._oidc.issuer!r}")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(found.get(name), str) or not _is_safe(found[name]):
                raise _not_usable(f"its discovery document has no {name} that begins with https://")
        with self._lock:
            self._metadata = (time.monotonic(), found)
        return found

    def _client(self, metadata: dict[str, Any]) -> OAuth2Client:
        from authlib.integrations.httpx_client import OAuth2Client

        supported = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        by = "client_secret_basic" if "client_secret_basic" in supported else "client_secret_post"
        return OAuth2Client(
            client_id=self._oidc.client_id,
            client_secret=self._secret,
            token_endpoint_auth_method=by if self._secret else "none",
            scope=" ".join(self._oidc.scopes),
            redirect_uri=f"{self._access.url}{CALLBACK}",
            code_challenge_method="S256",
            timeout=_SECONDS,
        )

    def _exchanged(self, client: OAuth2Client, metadata: dict[str, Any], attempt: Attempt, code: str) -> dict[str, Any]:
        from authlib.common.errors import AuthlibBaseError

        try:
            found = client.fetch_token(
                metadata["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                redirect_uri=client.redirect_uri,
                code_verifier=attempt.verifier,
            )
        except AuthlibBaseError as error:
            raise SignInError("The sign-in service refused. Try again.", f"token endpoint: {error.error}") from None
        except (httpx.HTTPError, ValueError) as error:
            raise _not_usable(f"its token endpoint failed ({type(error).__name__})") from None
        if not isinstance(found.get("id_token"), str) or not isinstance(found.get("access_token"), str):
            raise _not_usable("its token endpoint gave no id token")
        return dict(found)

    def _checked(self, answer: dict[str, Any], nonce: str) -> dict[str, Any]:
        """The claims of the id token: its signature, issuer, audience, times and nonce are what they have to be."""
        from authlib.oidc.core import CodeIDToken
        from joserfc.errors import JoseError

        try:
            decoded = self._decoded(answer["id_token"])
            options = {
                "iss": {"essential": True, "value": self._oidc.issuer},
                "aud": {"essential": True, "value": self._oidc.client_id},
                "sub": {"essential": True},
                "nonce": {"essential": True, "value": nonce},
            }
            told = {"nonce": nonce, "client_id": self._oidc.client_id, "access_token": answer["access_token"]}
            claims = CodeIDToken(decoded.claims, decoded.header, options, told)
            claims.validate(leeway=_LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            reason = str(getattr(error, "error", "") or type(error).__name__)
            claim = getattr(error, "claim", "")
            raise SignInError(
                "What the sign-in service said could not be believed. Try again, and tell whoever runs the explorer "
                "if it goes on.",
                f"id token: {reason} {claim}".strip(),
            ) from None
        if not isinstance(claims["sub"], str) or not 1 <= len(claims["sub"]) <= 255:
            raise SignInError("The sign-in service did not say who you are.", "id token: sub")
        return dict(claims)

    def _decoded(self, id_token: str) -> Any:
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError, JoseError
        from joserfc.jws import JWSRegistry

        registry = JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False)
        kept = self._keys
        if kept is not None:
            try:
                return jwt.decode(id_token, _key_set(kept), registry=registry)
            except (InvalidKeyIdError, JoseError, ValueError):
                pass  # the keys may have changed since: those of now decide
        self._keys = _fetched(self._discovered()["jwks_uri"])
        return jwt.decode(id_token, _key_set(self._keys), registry=registry)

    def _add_groups(self, client: OAuth2Client, metadata: dict[str, Any], claims: dict[str, Any]) -> None:
        """Ask the provider about the person where the id token does not say their groups."""
        endpoint = metadata.get("userinfo_endpoint")
        if _at(claims, self._oidc.groups_claim) is not None or not isinstance(endpoint, str) or not _is_safe(endpoint):
            return
        try:
            answer = client.get(endpoint)
            told = answer.json() if answer.status_code == 200 else {}
        except (httpx.HTTPError, ValueError):
            raise _not_usable("its userinfo endpoint failed") from None
        if not isinstance(told, dict) or told.get("sub") != claims["sub"]:
            return
        for name, value in told.items():
            claims.setdefault(name, value)

    def _groups(self, claims: dict[str, Any]) -> frozenset[str]:
        """Groups from a claim that is a list of texts, or one text. An address counts once it was verified."""
        path = self._oidc.groups_claim
        if path == "email" and claims.get("email_verified") is not True:
            return frozenset()
        told = _at(claims, path)
        listed = told if isinstance(told, list) else [told]
        return frozenset(
            one for one in listed[:_MOST_GROUPS] if isinstance(one, str) and 0 < len(one) <= _LONGEST_GROUP
        )

    def _name(self, claims: dict[str, Any]) -> str:
        if self._oidc.user_claim:
            named = [_at(claims, self._oidc.user_claim)]
        else:
            email = claims.get("email") if claims.get("email_verified") is True else None
            named = [email, claims.get("preferred_username"), claims.get("name")]
        return next((name for name in named if isinstance(name, str) and name.strip()), str(claims["sub"]))


def _fetched(address: str) -> dict[str, Any]:
    """A JSON object from the provider. Redirects are not followed."""
    try:
        with httpx.Client(timeout=_SECONDS) as client:
            answer = client.get(address, headers={"accept": "application/json"})
        found = answer.json() if answer.status_code == 200 and len(answer.content) <= _LARGEST else None
    except (httpx.HTTPError, ValueError) as error:
        raise _not_usable(f"{address} does not answer ({type(error).__name__})") from None
    if not isinstance(found, dict):
        raise _not_usable(f"{address} answers {answer.status_code} and no JSON object")
    return found


def _not_usable(detail: str) -> SignInError:
    return SignInError("The sign-in service cannot be used now. Try again in a minute.", detail)


def _is_safe(address: str) -> bool:
    """Whether nobody can read along on the way to ``address``."""
    try:
        split = urlsplit(address)
    except ValueError:
        return False
    return split.scheme == "https" or (split.scheme == "http" and split.hostname in ("127.0.0.1", "localhost", "::1"))


def _is_public(key: dict[str, Any]) -> bool:
    """Whether a key is one of a pair: a shared secret has no place in a public list."""
    return key.get("kty") in ("RSA", "EC", "OKP") and key.get("use", "sig") == "sig"


def _key_set(told: dict[str, Any]) -> KeySet:
    from joserfc.jwk import KeySet

    keys = told.get("keys")
    usable = [key for key in keys if isinstance(key, dict) and _is_public(key)] if isinstance(keys, list) else []
    return KeySet.import_key_set({"keys": usable})


def _at(claims: dict[str, Any], path: str) -> Any:
    """A claim by its name, or inside others by names with dots between."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found
