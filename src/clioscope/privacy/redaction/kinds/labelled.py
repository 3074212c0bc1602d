"""Numbers of no form of their own, which the words before them call a licence, a passport, a patient and the like."""

from __future__ import annotations

import re

from clioscope.privacy.redaction.rule import Rule

_LINK = (
    r"(?:'s)?(?:[ _-]?(?:number|num|no|nr|id|code|#)s?\b)?\.?[\"')]{0,2}\s{0,3}"
    r"(?::|=|#|\b(?:is|was|are|of|ist|est|es|è|é)\b|-)?\s{0,3}[\"'(]{0,2}"
)
_VALUE = (
    r"(?P<it>(?=[\w-]{0,10}[0-9])(?=(?:[A-Za-z-]{0,6}[0-9][A-Za-z0-9-]{0,2}){2})[A-Za-z0-9][A-Za-z0-9-]{4,24}+)(?![\w])"
)


def _labelled(kind: str, *labels: str) -> Rule:
    return Rule(kind, re.compile(rf"(?<![^\W_])(?:{'|'.join(labels)}){_LINK}{_VALUE}", re.IGNORECASE), digits="many")


FINDERS = (
    _labelled(
        "NATIONAL_ID",
        "driv(?:er|ing|ers)(?:'?s|s')?[ _-]licen[cs]e", "driver[ _-]?id",
        "führerschein(?:nummer)?", "permis de conduire",
        "licencia de conduc(?:ir|ción)", "carnet de conducir", "patente(?: di guida)?", "carta de condução", "cnh",
        "passport", "reisepass(?:nummer)?", "pass-?nr", "passeport", "pasaporte", "passaporto",
        "passaporte", "paspoort",
        "national (?:id|identity|identification|insurance)(?: card)?", "identity card", "id card", "ausweis(?:nummer)?",
        "personalausweis(?:nummer)?", "carte d'identité", "carta d'identità", "cédula", "social (?:security|insurance)",
        "ssn", "itin", "ein", "tin", "tax (?:id|payer id|payer|file|reference)", "steuer-?id",
        "steuernummer", "voter id",
        "visa (?:number|no)", "green card", "residence permit", "alien registration", "uscis",
    ),
    _labelled(
        "MEDICAL_ID",
        "mrn", "medical record", "patient(?: id| number| no)", "health (?:card|insurance|plan)(?: id|"
        " number)?", "medicare",
        "medicaid", "krankenversicherten-?nummer", "versichertennummer", "nhs", "dea", "npi",
        "member id", "carte vitale",
    ),
    _labelled(
        "ACCOUNT_ID",
        "policy (?:number|no|id|#)", "claim (?:number|no|id|#)", "case (?:number|no|id)", "customer (?:number|no|id)",
        "kundennummer", "employee (?:number|no|id)", "student (?:number|no|id)",
        "matrikelnummer", "membership (?:number|no|id)",
        "account (?:number|no|id)", "loyalty (?:number|no|id)",
        "frequent flyer(?: number)?", "booking (?:reference|number|code)",
        "reservation (?:number|code)", "confirmation (?:number|code)",
        "tracking (?:number|no|id)", "invoice (?:number|no)",
        "order (?:number|no|id)", "ticket (?:number|no)", "serial (?:number|no)",
    ),
)  # fmt: skip
