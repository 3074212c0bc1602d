"""URLs that hold credentials: the user and password before the host, and secret values of the query."""

from __future__ import annotations

import re

from clioscope.privacy.redaction.rule import Rule

KIND = "CREDENTIALS"

_USER = re.compile(r"(?<![\w+.-])[A-Za-z][\w+.-]{1,30}+://(?P<it>(?!(?:git|hg)@)[^\s/?#@\"'<>\[\]]{1,400}+)@")

_SECRET_NAMES = (
    "access[_-]?token|id[_-]?token|refresh[_-]?token|auth[_-]?token|token|auth|authkey|api[_-]?key|apikey|key|secret|"
    "client[_-]?secret|app[_-]?secret|password|passwd|pwd|pass|sig|signature|session|session[_-]?id|sid|jwt|code|"
    "x-amz-signature|x-amz-credential|x-amz-security-token|x-goog-signature|x-goog-credential|awsaccesskeyid|sv_sig|"
    "otp|pin|ticket|invite|reset[_-]?token|confirmation[_-]?token|unlock[_-]?token|magic"
)
_NAMED = re.compile(rf"(?<=[?&#;])(?:amp;)?(?:{_SECRET_NAMES})=(?P<it>[^\s&#\"'<>\[\]{{}}]{{6,4000}}+)", re.IGNORECASE)

# Addresses that are a secret as a whole: whoever knows them may write there, or read.
_SECRET_PATHS = re.compile(
    r"(?:hooks\.slack\.com/(?:services|workflows)/|discord(?:app)?\.com/api/webhooks/|outlook\.office\.com/webhook/|"
    r"api\.telegram\.org/bot|chat\.whatsapp\.com/|hooks\.zapier\.com/hooks/catch/|t\.me/joinchat/)"
    r"(?P<it>[\w/:%@.-]{8,300}+)",
    re.IGNORECASE,
)

FINDERS = (
    Rule(KIND, _USER, needs=("://",)),
    Rule(KIND, _NAMED, needs=("=",)),
    Rule("SECRET", _SECRET_PATHS, needs=("/",)),
)
