"""Addresses and keys of crypto-currencies, by their own checksums where they carry one."""

from __future__ import annotations

import re

from clioscope.privacy.redaction.checksums import base58_check, bech32
from clioscope.privacy.redaction.rule import Rule, words

KIND = "WALLET"

_BASE58 = r"[1-9A-HJ-NP-Za-km-z]"
_ADDRESS = re.compile(rf"(?<![\w]){_BASE58}{{26,35}}(?![\w])")
_PREFIXES = frozenset({0x00, 0x05, 0x6F, 0xC4, 0x30, 0x32, 0x1E, 0x16, 0x41, 0x4C, 0x10, 0x8C})
"""First bytes of Bitcoin, its test net, Litecoin, Dogecoin, Tron and Dash."""

_PRIVATE = re.compile(rf"(?<![\w])[5KL9c]{_BASE58}{{50,51}}(?![\w])")
_EXTENDED = re.compile(rf"(?<![\w])[xyztuv](?:prv|pub){_BASE58}{{100,110}}(?![\w])")
_SEGWIT = re.compile(
    r"(?<![\w])(?:bc|tb|ltc|addr|addr_test|stake|cosmos|osmo|bech32|nsec|npub)1[02-9ac-hj-np-z]{20,110}(?![\w])",
    re.IGNORECASE,
)
_ETHEREUM = re.compile(r"(?<![\w])0[xX][0-9a-fA-F]{40}(?![\w])")
_ETHEREUM_KEY = re.compile(r"(?<![\w])(?:0[xX])?[0-9a-fA-F]{64}(?![\w])")
_MONERO = re.compile(rf"(?<![\w])[48][0-9AB]{_BASE58}{{93}}(?![\w])")
_RIPPLE = re.compile(rf"(?<![\w])r{_BASE58}{{24,34}}(?![\w])")
_SOLANA = re.compile(rf"(?<![\w]){_BASE58}{{43,44}}(?![\w])")


def _is_base58(text: str) -> bool:
    body = base58_check(text)
    return body is not None and len(body) == 21 and body[0] in _PREFIXES


FINDERS = (
    Rule(KIND, _ADDRESS, check=_is_base58, digits="some"),
    Rule("SECRET", _PRIVATE, check=lambda text: base58_check(text) is not None, digits="some"),
    Rule("SECRET", _EXTENDED, check=lambda text: base58_check(text) is not None, needs=("prv", "pub")),
    Rule(KIND, _SEGWIT, check=bech32, needs=("1",)),
    Rule(KIND, _ETHEREUM, check=lambda text: len(set(text)) > 4, needs=("0x", "0X")),
    Rule("SECRET", _ETHEREUM_KEY, near=words("private key", "secret key", "seed", "mnemonic"), digits="many"),
    Rule(KIND, _MONERO, digits="some"),
    Rule(KIND, _RIPPLE, near=words("xrp", "ripple"), digits="some"),
    Rule(KIND, _SOLANA, near=words("sol\\b", "solana", "phantom wallet"), digits="some"),
)
