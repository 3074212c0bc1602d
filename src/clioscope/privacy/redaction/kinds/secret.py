"""Keys, tokens and passwords: those whose form their makers fixed, and those that a word before them names."""

from __future__ import annotations

import re

from clioscope.privacy.redaction.rule import Rule

KIND = "SECRET"

# Begin and length as the vendors document them. A key may be longer than it was when this was written, never shorter.
_VENDORS = r"""
    sk-(?:ant-|proj-|svcacct-|admin-|or-|None-|lf-|[A-Za-z0-9])[\w-]{16,}   # OpenAI, Anthropic, OpenRouter, Langfuse
  | pk-lf-[\w-]{20,}
  | (?:sk|rk|pk|whsec)_(?:live_|test_|prod_)?[A-Za-z0-9]{16,}               # Stripe, Clerk
  | (?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AIPA|ANPA|ANVA|AROA|APKA)[A-Z0-9]{16}  # AWS
  | gh[pousr]_[A-Za-z0-9]{30,} | github_pat_[A-Za-z0-9_]{40,}
  | gl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat|ffct)-[\w.-]{18,}          # GitLab
  | xox[abceoprs]-[\w-]{10,} | xapp-[\w-]{20,} | xwfp-[\w-]{10,}            # Slack
  | AIza[\w-]{30,} | ya29\.[\w-]{20,} | GOCSPX-[\w-]{20,} | 1//0[\w-]{30,}  # Google
  | hf_[A-Za-z0-9]{20,} | api_org_[A-Za-z0-9]{30,}                          # Hugging Face
  | npm_[A-Za-z0-9]{36} | pypi-[\w-]{50,} | rubygems_[0-9a-f]{40,} | dckr_pat_[\w-]{20,} | cio[A-Za-z0-9]{32}
  | SG\.[\w-]{16,32}\.[\w-]{30,} | key-[0-9a-f]{32} | [0-9a-f]{32}-us[0-9]{1,2} # SendGrid, Mailgun, Mailchimp
  | (?:AC|SK)[0-9a-f]{32}                                                   # Twilio
  | do[opr]_v1_[0-9a-f]{40,} | shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32} | sq0(?:atp|csp|idp)-[\w-]{20,}
  | dapi[0-9a-f]{32}(?:-[0-9])? | dp\.(?:pt|st|ct|sa)\.[\w.-]{30,} | pul-[0-9a-f]{40} | HRKU-[\w-]{30,}
  | hv[sbr]\.[\w-]{20,} | s\.[A-Za-z0-9]{24}(?=[\s"',;]|$)                  # Vault
  | lin_(?:api|oauth)_[A-Za-z0-9]{30,} | ntn_[A-Za-z0-9]{40,} | secret_[A-Za-z0-9]{40,} | figd_[\w-]{30,}
  | gsk_[A-Za-z0-9]{40,} | xai-[A-Za-z0-9]{40,} | pplx-[A-Za-z0-9]{30,} | r8_[A-Za-z0-9]{30,} | fw_[A-Za-z0-9]{20,}
  | nvapi-[\w-]{40,} | tvly-[\w-]{20,} | lsv2_(?:pt|sk)_[\w]{30,} | jina_[\w-]{40,} | pcsk_\w{40,} | esecret_\w{20,}
  | pat[A-Za-z0-9]{14}\.[0-9a-f]{64} | PMAK-[\w-]{50,} | NRAK-[A-Z0-9]{27} | NRJS-[0-9a-f]{19}
  | gl(?:sa|c)_[\w+/=]{30,} | sntry[su]_[\w+/=-]{40,} | sbp_[0-9a-f]{40} | sb_(?:secret|publishable)_[\w-]{20,}
  | ATATT3[\w=-]{40,} | ATCTT3[\w=-]{40,} | CFPAT-[\w-]{40,} | EAA[A-Za-z0-9]{60,} | IGQ[\w-]{60,}
  | re_[A-Za-z0-9]{6,10}_[A-Za-z0-9]{20,} | phc_[A-Za-z0-9]{40,} | phx_[A-Za-z0-9]{40,} | rnd_[A-Za-z0-9]{28,}
  | vercel_blob_rw_\w{20,} | fo1_[\w-]{40,} | FlyV1[ ]fm\d_[\w+/=,-]{40,} | tskey-[a-z]+-[\w-]{20,} | ops_eyJ[\w-]{40,}
  | AGE-SECRET-KEY-1[A-Z0-9]{58} | [0-9]{8,10}:AA[\w-]{33}                  # age; Telegram
  | [MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}                               # Discord
  | A3-[A-Z0-9]{6}-(?:[A-Z0-9]{5,11}-){3,4}[A-Z0-9]{5} | ops_[\w-]{200,}    # 1Password
"""
_KEYS = Rule(KIND, re.compile(rf"(?<![\w/+.-])(?:{_VENDORS})(?![\w])", re.VERBOSE), digits="some")
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
    check=lambda text: any(c.isdigit() for c in text) and any(c.isalpha() for c in text),
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
_IS = r"[\"'`]?\s{0,3}(?::=|=>|[:=]|\bis\b|\bist\b|\best\b|\bes\b|\bwas\b)\s{0,3}"
_NAMED_KEY = Rule(
    KIND,
    re.compile(rf"(?:{_NAMES})s?{_IS}(?:[\"'`]{{0,3}})(?P<it>[A-Za-z0-9_+/=.~%-]{{16,400}}+)", re.IGNORECASE),
    check=lambda text: _is_random(text),
    digits="many",
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

# What stands in code or in a form in the place of a value: a name, a call, a type, a row of stars.
_CODE = re.compile(
    r"(?:os|self|this|process|config|settings|request|env|args|secrets?|user)[.\[(]|getenv|environ|"
    r"[$%][{(A-Za-z_]\w*\)?\}?$|\w+\(|[*x•.#]{3,}$|your[-_ ]|&?[iuf](?:8|16|32|64|128)$",
    re.IGNORECASE,
)


def _is_random(text: str) -> bool:
    """Whether ``text`` mixes letters and digits as made-up keys do, and names and paths in code do not."""
    digits = sum(c.isdigit() for c in text)
    letters = sum(c.isalpha() for c in text)
    return digits >= 4 and letters >= 3 and not _CODE.match(text)


def _is_password(text: str) -> bool:
    """Whether ``text`` is a password rather than a word of the sentence or a name in code."""
    text = text.rstrip(".!?:")
    has_digit = any(c.isdigit() for c in text)
    has_sign = any(not c.isalnum() and c not in "_-./" for c in text)
    return len(text) >= 3 and (has_digit or (has_sign and len(text) >= 6)) and not _CODE.match(text)


FINDERS = (_PEM, _PUTTY, _KEYS, _JWT, _BEARER, _AZURE, _NAMED_KEY, _PASSWORD)
