"""Dates of birth: a day that words before it call one."""

from __future__ import annotations

import re

from clioscope.privacy.redaction.rule import Rule

_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|mär|mai|okt|dez|janv|févr|mars|avr|juin|juil|"
    r"août|déc|ene|"
    r"abr|ago|dic|gen|mag|giu|lug|set|ott)[^\W\d_]{0,7}\.?"
)
_DAY = (
    r"(?:[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}|[0-9]{1,2} [0-9]{1,2} [0-9]{4}|"
    rf"[0-9]{{1,2}}(?:st|nd|rd|th|\.|º|er)? ?(?:of |de |di )?{_MONTH},? (?:de |del )?[0-9]{{2,4}}|"
    rf"{_MONTH} [0-9]{{1,2}}(?:st|nd|rd|th)?,? [0-9]{{2,4}}|[0-9]{{4}}年[0-9]{{1,2}}月[0-9]{{1,2}}日)"
)
_SAID = (
    r"(?<![^\W\d_])(?:born|d\.?o\.?b\.?|date of birth|birth ?date|birthday|geboren|geb\.|geburtsdatum|geburtstag|née?|"
    r"date de naissance|nacid[oa]|fecha de nacimiento|nat[oa]|data di nascita|data de nascimento|nascid[oa]|"
    r"geboortedatum|"
    r"urodzon[ya]|data urodzenia|född|fødselsdato|syntynyt|дата рождения|родил(?:ся|ась)|生年月日|出生日期)"
)
_BIRTH = re.compile(rf"{_SAID}[^\w\n]{{0,4}}(?:[^\W\d_]{{1,12}}[^\w\n]{{1,3}}){{0,4}}(?P<it>{_DAY})", re.IGNORECASE)
_BEHIND = re.compile(rf"(?<![\w])(?P<it>{_DAY})(?=[ ]?(?:\(?(?:d\.?o\.?b\.?|geboren|is my birthday)))", re.IGNORECASE)

FINDERS = (Rule("BIRTH_DATE", _BIRTH, digits="many"), Rule("BIRTH_DATE", _BEHIND, digits="many"))
