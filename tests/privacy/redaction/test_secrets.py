"""Keys and tokens: those of every vendor in the shape that its maker gives them, those that a word names, and neither.

All of them are drawn here. What a shape is, its vendor documents.
"""

from __future__ import annotations

import random
import re
import string

import pytest

from clioscope.privacy.redaction import Redactor
from clioscope.privacy.redaction.chance import by_chance

REDACTOR = Redactor()
ALPHABETS = {
    "w": string.ascii_letters + string.digits,
    "u": string.ascii_letters + string.digits + "-_",
    "b": string.ascii_letters + string.digits + "+/",
    "a": string.ascii_letters,
    "l": string.ascii_lowercase,
    "L": string.ascii_uppercase,
    "n": string.ascii_lowercase + string.digits,
    "N": string.ascii_uppercase + string.digits,
    "h": "0123456789abcdef",
    "H": "0123456789ABCDEF",
    "d": string.digits,
}
# A shape: text as it stands, and <LENGTH LETTER> for so many characters of an alphabet.
VENDORS = {
    "OpenAI": ["sk-proj-<74u>T3BlbkFJ<74u>", "sk-proj-<48a>", "sk-<20w>T3BlbkFJ<20w>", "sk-<48a>", "sk-svcacct-<58u>"],
    "Anthropic": ["sk-ant-api03-<93u>AA", "sk-ant-admin01-<93u>AA", "sk-ant-<40a>"],
    "OpenRouter": ["sk-or-v1-<64h>"],
    "AWS": ["AKIA<16N>", "ASIA<16L>", "A3TX<16N>"],
    "Alibaba": ["LTAI<20n>"],
    "GitHub": ["ghp_<36w>", "gho_<36a>", "ghu_<36w>", "ghs_<36w>", "ghr_<36l>", "github_pat_<22w>_<59w>"],
    "GitLab": [
        "glpat-<20u>",
        "glpat-<20a>",
        "gldt-<20u>",
        "glrt-<20u>",
        "glptt-<40h>",
        "glcbt-a_<20u>",
        "GR1348941<20u>",
    ],
    "Slack": [
        "xoxb-<12d>-<12d>-<24w>",
        "xoxp-<12d>-<12d>-<12d>-<32h>",
        "xapp-1-A<10N>-<13d>-<64h>",
        "xoxe-1-<146N>",
        "xoxe.xoxb-1-<163N>",
    ],
    "Google": ["AIza<35u>", "GOCSPX-<28u>", "ya29.<60u>"],
    "Hugging Face": ["hf_<34a>", "hf_<34l>", "hf_<37w>", "api_org_<34a>"],
    "npm, PyPI, RubyGems, Docker, Clojars": [
        "npm_<36w>",
        "pypi-AgEIcHlwaS5vcmc<80u>",
        "rubygems_<48h>",
        "dckr_pat_<27u>",
        "dckr_oat_<32u>",
        "CLOJARS_<60n>",
    ],
    "Stripe": ["sk_live_<24w>", "rk_test_<24a>", "sk_test_<99w>", "whsec_<32w>", "whsec_<32a>"],
    "SendGrid, Mailgun, Mailchimp, Brevo": [
        "SG.<22u>.<43u>",
        "key-<32h>",
        "pubkey-<32h>",
        "<32h>-us12",
        "xkeysib-<64h>-<16n>",
    ],
    "Twilio": ["SK<32h>", "AC<32h>", "SK<32H>"],
    "DigitalOcean, Cloudflare, Heroku, Vercel": [
        "dop_v1_<64h>",
        "doo_v1_<64h>",
        "v1.0-<24h>-<146h>",
        "HRKU-AA<58u>",
        "vercel_blob_rw_<16w>_<30w>",
    ],
    "Shopify, Square, Shippo, EasyPost, Duffel": [
        "shpat_<32h>",
        "shpss_<32H>",
        "sq0atp-<22u>",
        "EAAA<60u>",
        "shippo_live_<40h>",
        "EZAK<54w>",
        "duffel_test_<43u>",
    ],
    "Databricks, Doppler, Pulumi, PlanetScale, Prefect": [
        "dapi<32h>",
        "dp.pt.<43w>",
        "pul-<40h>",
        "pscale_tkn_<43u>",
        "pnu_<36n>",
    ],
    "HashiCorp": ["hvs.<95u>", "hvs.<24a>", "hvb.<140u>", "s.<24w>", "<14w>.atlasv1.<64u>"],
    "Linear, Notion, Figma, Readme": ["lin_api_<40w>", "ntn_<11d><35w>", "secret_<43a>", "figd_<40u>", "rdme_<70n>"],
    "Groq, xAI, Perplexity, Replicate, NVIDIA, LangSmith": [
        "gsk_<52a>",
        "xai-<80a>",
        "pplx-<48a>",
        "r8_<37a>",
        "nvapi-<64u>",
        "lsv2_pt_<32h>_<10h>",
    ],
    "Grafana, Sentry, New Relic, Dynatrace": [
        "glc_<32b>",
        "glsa_<32a>_<8h>",
        "eyJrIjoi<70w>",
        "sntrys_eyJ<80b>",
        "sntryu_<64h>",
        "NRAK-<27N>",
        "NRII-<32u>",
        "dt0c01.<24N>.<64N>",
    ],
    "Atlassian, Postman, Airtable, Tailscale": [
        "ATATT3<186u>",
        "PMAK-<24h>-<34h>",
        "pat<14w>.<64h>",
        "tskey-auth-<17w>-<32w>",
    ],
    "Telegram, Discord": ["<10d>:AA<33u>", "<9d>:A<34u>", "M<25w>.<6u>.<38u>"],
    "Fly, OpenShift, age, 1Password": [
        "fo1_<43u>",
        "FlyV1 fm2_<120b>",
        "sha256~<43u>",
        "AGE-SECRET-KEY-1<58N>",
        "A3-<6N>-<11N>-<5N>-<5N>-<5N>",
        "ops_eyJ<250b>",
    ],
}
SHAPES = [shape for shapes in VENDORS.values() for shape in shapes]
_PART = re.compile(r"<(\d+)(\w)>")


def drawn(shape: str, rng: random.Random) -> str:
    return _PART.sub(lambda part: "".join(rng.choices(ALPHABETS[part[2]], k=int(part[1]))), shape)


def missed(form: str, shape: str, tries: int) -> list[str]:
    """What is left of drawn secrets in a text, where anything is."""
    rng, left = random.Random(form + shape), []
    for _ in range(tries):
        secret = drawn(shape, rng)
        # A shape may end in a sign, which need not go: nobody can use the rest.
        if (text := REDACTOR.redact(form.format(secret)).text) and secret.rstrip("-_=.+/") in text:
            left.append(text)
    return left


@pytest.mark.parametrize("shape", SHAPES)
def test_a_key_of_a_vendor_is_found_in_any_sentence(shape: str) -> None:
    for form in ("My key is {}, does it work", "{}", "export THE_THING='{}'", "我的密钥是{}吗", "a\n`{}`\n"):
        assert missed(form, shape, 60) == []


@pytest.mark.parametrize("shape", ["hf_<34l>", "hf_<34a>", "sk-proj-<48l>", "sk-proj-<48a>", "ghp_<36a>", "AKIA<16L>"])
def test_a_vendor_s_key_needs_no_digit(shape: str) -> None:
    assert missed("my key is {} and", shape, 2_000) == []


@pytest.mark.parametrize(
    ("form", "shape", "at_most"),
    [
        ("AWS_SECRET_ACCESS_KEY={}", "<40b>", 0),
        ("aws_secret_access_key = {}", "<40a>", 0),
        ("api_key = {}", "<32a>", 0),
        ('apiKey: "{}"', "<32w>", 0),
        ("client_secret={}", "<40u>", 0),
        ("My API key is: {}", "<32h>", 0),
        ("ACCESS_TOKEN={}", "<32N>", 0),
        ("Authorization: Bearer {}", "<40a>", 0),
        ("api_key = {}", "<32l>", 2),
        ("auth_token: {}", "<24w>", 2),
        ("secret = {}", "<24a>", 4),
        ("my password is {}", "<16a>", 30),
    ],
)
def test_a_named_key_needs_no_digit(form: str, shape: str, at_most: int) -> None:
    assert len(missed(form, shape, 2_000)) <= at_most


@pytest.mark.parametrize(
    "text",
    [
        "api_key = get_api_key_from_environment",
        "token = response.headers.authorization",
        "api_key = YOUR_API_KEY_HERE",
        'apiKey: "your-openai-api-key-goes-here"',
        "API_KEY=REPLACE_WITH_YOUR_ACTUAL_KEY",
        "api_key=<insert-your-key-here>",
        "secret: process.env.STRIPE_WEBHOOK_SECRET",
        "const accessToken = localStorage.getItem('session')",
        "auth = HTTPBasicAuthenticationHandler",
        "credentials = ServiceAccountCredentials.from_json_keyfile_name",
        "token = tokenizer.convert_tokens_to_string",
        "client_secret: settings.OAUTH_CLIENT_SECRET",
        "secret_key = django_settings.SECRET_KEY_FALLBACKS",
        "admin_api_key=_sdk.admin_api_key",
        "private_key = /etc/letsencrypt/live/example.org/privkey.pem",
        "The secret is internationalization, and the token was uncharacteristically generous.",
        "Das Passwort ist Donaudampfschifffahrtsgesellschaft; the token is Selbstverwirklichung",
        "The password is usuallyforgotten. My password is unbelievably-complicated, they said.",
        "bearer of-extraordinary-news and basic understanding-of-mathematics",
        '<div class="sk-circle-fade-dot sk-folding-cube-container"></div>',
        "hf_hub_download, hf_AutoModelForCausalGeneration and re_search_pattern_andReplaceEverything",
        "task-management-and-planning-tools, risk-assessment-framework-guidelines",
        "self.secret_manager_client_configuration; s.someMethodNameThatIsLong",
    ],
)
def test_names_words_and_placeholders_stay(text: str) -> None:
    assert REDACTOR.redact(text).text == text


def test_words_of_people_are_told_from_chance() -> None:
    words = ["internationalization", "get_current_user_session", "AbstractSingletonFactoryBean", "Selbstverwirklichung"]
    assert max(map(by_chance, words)) < 0
    assert by_chance("") == by_chance("-._") == 0
    assert by_chance("qXzRvKpWjTbNfGhLdMcS") > 10
