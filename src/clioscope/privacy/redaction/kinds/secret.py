"""Keys, tokens and passwords: those whose form their makers fixed, and those that a word before them names."""

from __future__ import annotations

import re

from clioscope.privacy.redaction.chance import by_chance
from clioscope.privacy.redaction.rule import Rule

KIND = "SECRET"

_DIGIT, _LETTER = re.compile(r"[0-9]"), re.compile(r"[A-Za-z]")

# Begin and length as the vendors document them. A key may be longer than it was when this was written, never shorter.
# Those that begin as nothing else does.
_SURE = r"""
    (?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AIPA|ANPA|ANVA|AROA|APKA|A3T[A-Z0-9])[A-Z0-9]{16} # AWS
  | LTAI[A-Za-z0-9]{20,26}                                                  # Alibaba
  | gh[pousr]_[A-Za-z0-9]{30,} | github_pat_[A-Za-z0-9_]{40,}
  | gl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat|ffct)-[\w.-]{18,} | GR1348941[\w-]{20,} # GitLab
  | xoxe\.xox[bp]-[0-9]-[\w-]{40,} | xox[abceoprs]-[\w-]{10,} | xapp-[\w-]{20,} | xwfp-[\w-]{10,} # Slack
  | AIza[\w-]{30,} | ya29\.[\w-]{20,} | GOCSPX-[\w-]{20,} | 1//0[\w-]{30,}  # Google
  | hf_[A-Za-z0-9]{34,} | api_org_[A-Za-z0-9]{30,}                          # Hugging Face
  | npm_[A-Za-z0-9]{36} | pypi-AgE[\w-]{50,} | rubygems_[0-9a-f]{40,} | dckr_[op]at_[\w-]{20,} | CLOJARS_[a-z0-9]{60}
  | (?:[rs]k|pk)_(?:live|test|prod)_[A-Za-z0-9]{10,} | whsec_[A-Za-z0-9+/=]{24,} # Stripe, Clerk
  | SG\.[\w-]{16,32}\.[\w-]{30,} | (?:pub)?key-[0-9a-f]{32} | [0-9a-f]{32}-us[0-9]{1,2} # SendGrid, Mailgun, Mailchimp
  | xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}                                    # Brevo
  | (?:AC|SK)(?:[0-9a-f]{32}|[0-9A-F]{32})                                  # Twilio
  | do[opr]_v1_[0-9a-f]{40,} | shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32} | sq0(?:atp|csp|idp)-[\w-]{20,}
  | shippo_(?:live|test)_[0-9a-f]{40} | EZ[AT]K[A-Za-z0-9]{54} | duffel_(?:live|test)_[\w=-]{43}
  | dapi[0-9a-f]{32}(?:-[0-9])? | dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{30,} | pul-[0-9a-f]{40} | HRKU-[\w-]{30,}
  | v1\.0-[0-9a-f]{24}-[0-9a-f]{146}                                        # Cloudflare
  | hv[sbr]\.[\w-]{24,} | [A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,}             # Vault, Terraform
  | lin_(?:api|oauth)_[A-Za-z0-9]{30,} | ntn_[A-Za-z0-9]{40,} | figd_[\w-]{30,}
  | gsk_[A-Za-z0-9]{40,} | xai-[A-Za-z0-9]{40,} | pplx-[A-Za-z0-9]{30,} | r8_[A-Za-z0-9]{30,}
  | nvapi-[\w-]{40,} | tvly-[\w-]{20,} | lsv2_(?:pt|sk)_[\w]{30,} | jina_[\w-]{40,} | pcsk_\w{40,}
  | pat[A-Za-z0-9]{14}\.[0-9a-f]{64} | PMAK-[\w-]{50,} | NRAK-[A-Z0-9]{27} | NRJS-[0-9a-f]{19} | NRII-[\w-]{32}
  | gl(?:sa|c)_[\w+/=]{30,} | eyJrIjoi[\w+/]{60,}={0,2}                     # Grafana
  | sntry[su]_[\w+/=-]{40,} | sbp_[0-9a-f]{40} | sb_(?:secret|publishable)_[\w-]{20,}
  | ATATT3[\w=-]{40,} | ATCTT3[\w=-]{40,} | CFPAT-[\w-]{40,} | EAA[\w-]{60,} | IGQ[\w-]{60,}
  | phc_[A-Za-z0-9]{40,} | phx_[A-Za-z0-9]{40,} | vercel_blob_rw_\w{20,} | pscale_(?:tkn|pw|oauth)_[\w=.-]{32,}
  | fo1_[\w-]{40,} | FlyV1[ ]fm\d_[\w+/=,-]{40,} | tskey-[a-z]+-[\w-]{20,} | sha256~[\w-]{43}
  | dt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64} | rdme_[a-z0-9]{70} | pnu_[A-Za-z0-9]{36} | ops_eyJ[\w+/=-]{40,}
  | AGE-SECRET-KEY-1[A-Z0-9]{58} | [0-9]{5,16}:A[\w-]{34}                   # age; Telegram
  | A3-[A-Z0-9]{6}-(?:[A-Z0-9]{5,11}-){3,4}[A-Z0-9]{5}                      # 1Password
  | clioscope_[\w-]{40,}                                                    # our own, of the explorer's API
"""
# Those that begin as names in code do.
_LOOSE = r"""
    sk-[A-Za-z0-9][\w-]{16,} | pk-lf-[\w-]{20,}                             # OpenAI, Anthropic, OpenRouter, Langfuse
  | (?:sk|rk|pk|whsec)_[A-Za-z0-9]{16,}                                     # Clerk, Stability
  | hf_[A-Za-z0-9]{20,} | pypi-[\w-]{50,} | cio[A-Za-z0-9]{32} | hv[sbr]\.[\w-]{20,}
  | s\.[A-Za-z0-9]{24}(?![.(])                                              # Vault
  | secret_[A-Za-z0-9]{40,} | esecret_\w{20,} | fw_[A-Za-z0-9]{20,} | rnd_[A-Za-z0-9]{28,}
  | re_[A-Za-z0-9]{6,10}_[A-Za-z0-9]{20,}
  | [MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}                               # Discord
"""


def _vendors(begins: str) -> re.Pattern[str]:
    """In ASCII, so that letters of other scripts around a key are no part of it."""
    return re.compile(rf"(?<![\w/+.-])(?:{begins})(?!\w)", re.VERBOSE | re.ASCII)


_SURE_KEYS = Rule(KIND, _vendors(_SURE), runs=True)
_LOOSE_KEYS = Rule(
    KIND,
    _vendors(_LOOSE),
    check=lambda text: _DIGIT.search(text) is not None or _is_random(text),
    runs=True,
)
_JWT = Rule(
    KIND,
    re.compile(r"(?<![\w.-])eyJ[\w-]{8,}+\.[\w-]{4,}+(?:\.[\w-]{0,4000}+){0,3}"),
    needs=("eyJ",),
)
_PEM = Rule(
    KIND,
    re.compile(
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:(?!-----)[\s\S]){0,20000}+(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?"
    ),
    needs=("PRIVATE KEY",),
)
_PUTTY = Rule(
    KIND,
    re.compile(r"PuTTY-User-Key-File-[23]:(?:(?!Private-MAC)[\s\S]){0,20000}+(?:Private-MAC: \w+)?"),
    needs=("PuTTY",),
)
_BEARER = Rule(
    KIND,
    re.compile(
        r"(?<!\w)(?:bearer|basic|token|apikey|digest|negotiate) {1,3}(?P<it>[\w+/.=~-]{16,4000}+)", re.IGNORECASE
    ),
    check=lambda text: (_DIGIT.search(text) is not None and _LETTER.search(text) is not None) or _is_random(text),
    runs=True,
)
_AZURE = Rule(
    KIND,
    re.compile(r"(?:AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd)=(?P<it>[^\s;\"'<>\[\]]{4,400}+)"),
    needs=("Key=", "Signature=", "Password=", "Pwd="),
)

_NAMES = (
    r"api[ _-]?key|secret[ _-]?access[ _-]?key|access[ _-]?key(?:[ _-]?id)?|secret[ _-]?key|private[ _-]?key|"
    r"client[ _-]?secret|app[ _-]?secret|auth[ _-]?token|access[ _-]?token|refresh[ _-]?token|bot[ _-]?token|"
    r"session[ _-]?token|webhook[ _-]?secret|signing[ _-]?secret|encryption[ _-]?key|credentials?|secret|token|auth|"
    r"license[ _-]?key|recovery[ _-]?code|backup[ _-]?code"
)
_IS = r"[\"'`]?\s{0,3}(?::=|=>|[:=]|\b(?:is|ist|est|es|was)\b:?)\s{0,3}"
_NAMED_KEY = Rule(
    KIND,
    re.compile(rf"(?:{_NAMES})s?{_IS}(?:[\"'`]{{0,3}})(?P<it>[A-Za-z0-9_+/=.~%-]{{16,400}}+)", re.IGNORECASE),
    check=lambda text: _is_random(text),
    runs=True,
)

_PASSWORDS = (
    r"password|passwort|passphrase|passcode|passwd|pwd|mot de passe|mdp|contraseña|clave|senha|"
    r"palavra-passe|wachtwoord|"
    r"hasło|parola|lösenord|пароль|密码|密碼|パスワード|비밀번호|login pin|pin code|pin|otp|cvv2?|cvc2?|"
    r"verification code|security code"
)
_PASSWORD = Rule(
    KIND,
    re.compile(
        rf"(?<![^\W_])(?:{_PASSWORDS})(?: (?:for|to|of) [^\n:=]{{1,40}}?)?(?:{_IS}|：\s{{0,3}}|は)"
        r"(?:[\"'`“]{0,3})(?P<it>[^\s\"'`“”,;<>{}\[\]()]{3,100}+)",
        re.IGNORECASE,
    ),
    check=lambda text: _is_password(text),
)

_HEX = re.compile(r"(?=.{0,400}[0-9])(?=.{0,400}[A-Fa-f])(?:[0-9a-f]{16,}|[0-9A-F]{16,})")
_FEWEST_LETTERS, _MANY_DIGITS, _LONG_PASSWORD = 3, 4, 12
_BY_CHANCE = 2.0
"""Nats. Of 20,000 drawn strings of 32 letters in one case 4 have less, and none of those in both."""

# What stands in code or in a form in the place of a value: a name, a call, a type, a row of stars.
_CODE = re.compile(
    r"(?:os|self|this|process|config|settings|request|env|args|secrets?|user)[.\[(]|getenv|environ|"
    r"[$%][{(A-Za-z_]\w*\)?\}?$|\w+\(|[*x•.#]{3,}$|your[-_ ]|[\w.]+[._](?:key|token|secret)s?$|"
    r"&?[iuf](?:8|16|32|64|128)$",
    re.IGNORECASE,
)


def _is_random(text: str) -> bool:
    """Whether ``text`` is drawn by chance, as made-up keys are, and not written, as names and paths in code are."""
    if _HEX.fullmatch(text):
        return True
    if len(_LETTER.findall(text)) < _FEWEST_LETTERS or _CODE.match(text):
        return False
    return len(_DIGIT.findall(text)) >= _MANY_DIGITS or by_chance(text) > _BY_CHANCE


def _is_password(text: str) -> bool:
    """Whether ``text`` is a password rather than a word of the sentence or a name in code."""
    text = text.rstrip(".!?:")
    has_digit = any(c.isdigit() for c in text)
    has_sign = any(not c.isalnum() and c not in "_-./" for c in text)
    is_told = has_digit or (has_sign and len(text) >= 6) or (len(text) >= _LONG_PASSWORD and _is_random(text))
    return len(text) >= 3 and is_told and not _CODE.match(text)


FINDERS = (_PEM, _PUTTY, _SURE_KEYS, _LOOSE_KEYS, _JWT, _BEARER, _AZURE, _NAMED_KEY, _PASSWORD)
