"""An access file that no provider is asked for, and people who have signed in by it."""

from __future__ import annotations

from clioscope.explorer.teams.access_file import Access
from clioscope.explorer.teams.people import SignedIn, subject_of

ACCESS = Access.model_validate(
    {
        "url": "https://clioscope.example.org",
        "oidc": {"issuer": "https://sso.example.org", "client_id": "clioscope"},
        "roles": {"groups": {"all": "viewer", "staff": "analyst", "admins": "admin", "watch": ["auditor", "analyst"]}},
        "runs": [{"names": ["hostile", "half"], "groups": {"hostile": "admin", "watch": "viewer"}}],
    }
)


def signed_in(sub: str, *groups: str) -> SignedIn:
    """Somebody whom the provider has sent."""
    return SignedIn(subject_of(ACCESS.oidc.issuer, sub), f"{sub}@example.org", frozenset(groups))
