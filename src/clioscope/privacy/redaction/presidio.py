"""Presidio's recognisers beside our own, where the user installed them. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from clioscope.errors import ConfigError
from clioscope.privacy.redaction.rule import Digits, Span

INSTALL = "pip install 'clioscope[presidio]'"

# What Presidio calls them, as they are called here. Others keep Presidio's name.
_KINDS = {
    "EMAIL_ADDRESS": "EMAIL",
    "PHONE_NUMBER": "PHONE",
    "CREDIT_CARD": "CARD",
    "IBAN_CODE": "IBAN",
    "IP_ADDRESS": "IP",
    "CRYPTO": "WALLET",
    "PERSON": "NAME",
    "US_BANK_NUMBER": "BANK_ACCOUNT",
    "US_DRIVER_LICENSE": "NATIONAL_ID",
    "US_ITIN": "NATIONAL_ID",
    "US_PASSPORT": "NATIONAL_ID",
    "US_SSN": "NATIONAL_ID",
    "UK_NHS": "NATIONAL_ID",
    "MEDICAL_LICENSE": "MEDICAL_ID",
}
_LEFT_OUT = frozenset({"DATE_TIME", "URL", "NRP", "ORGANIZATION", "UUID"})
"""Weekdays, links and nationalities are what a conversation is about, and point at nobody."""

_SURE = 0.4
"""Presidio's own patterns that are no more than a row of digits score below."""


class PresidioFinder:
    """What Presidio finds: by its patterns, and names and places too where a spaCy model of English is installed.

    Raises
    ------
    ConfigError
        It is not installed, with what to install.
    """

    digits: Digits = "none"

    def __init__(self) -> None:
        try:
            from presidio_analyzer import AnalyzerEngine
            from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
        except ImportError:
            raise ConfigError(f"--redact-with-presidio needs Presidio: {INSTALL}.") from None
        self.name, nlp = _nlp_engine(SpacyNlpEngine, NerModelConfiguration)
        self._engine = AnalyzerEngine(nlp_engine=nlp, supported_languages=["en"])

    def find(self, text: str) -> Iterator[Span]:
        """See :class:`~clioscope.privacy.redaction.rule.Finder`."""
        found = self._engine.analyze(text, language="en", score_threshold=_SURE)
        for result in sorted(found, key=lambda result: (result.start, -result.end)):
            if result.entity_type not in _LEFT_OUT:
                yield Span(result.start, result.end, _KINDS.get(result.entity_type, result.entity_type))


def _nlp_engine(engine: Any, settings: Any) -> tuple[str, Any]:
    """A spaCy engine over the best model of English that is installed, or over none but its tokenizer."""
    import spacy
    from spacy.util import is_package

    for model in ("en_core_web_trf", "en_core_web_lg", "en_core_web_md", "en_core_web_sm"):
        if is_package(model):
            return model, engine(models=[{"lang_code": "en", "model_name": model}])
    made = engine(models=[{"lang_code": "en", "model_name": "blank"}], ner_model_configuration=settings())
    made.nlp = {"en": spacy.blank("en")}
    return "patterns", made
