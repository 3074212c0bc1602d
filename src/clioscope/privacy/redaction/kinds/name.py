"""Names that people say are names: "my name is ...", a line "Name: ...", the line under "Kind regards"."""

from __future__ import annotations

import re

from clioscope.privacy.redaction.rule import Rule

_WORD = (
    r"(?!(?:And|But|The|What|How|Can|Could|Please|Und|Et|Y|I|Is|It)\b)[^\W\d_a-zß-öø-ÿ](?:\.|"
    r"[^\W\d_]{0,25}+(?:['’-][^\W\d_]{1,25}+){0,3})"
)
_LINK = r"(?:(?:de|del|della|di|da|dos|das|van|von|der|den|ten|ter|bin|al|el|la|le|du|y|e|zu|af|av) ){0,3}"
_NAME = rf"{_WORD}(?: {_LINK}{_WORD}){{0,3}}"
_SAID = (
    r"[Mm]y (?:full |first |last )?name and (?:phone |telephone |mobile |cell |contact )?number(?: are|:)|"
    r"[Mm]y (?:full |real |first |last |maiden |middle )?name(?:'s| is|:)|(?:[Hh]er|[Hh]is|[Tt]heir)"
    r" (?:full |real |first |"
    r"last |maiden |middle )?name is|[Mm]aiden name(?: is|:)|[Nn]ame on the card(?: is|:)|I am called|I'm called|"
    r"[Ii]ch hei(?:ß|ss)e|[Mm]ein Name ist|[Jj]e m['’]appelle|[Mm]on nom est|[Mm]e llamo|[Mm]i nombre es|[Mm]i chiamo|"
    r"[Ii]l mio nome è|[Mm]eu nome é|[Mm]e chamo|[Cc]hamo-me|[Nn]azywam się|[Mm]ijn naam is|[Ii]k heet|[Jj]ag heter|"
    r"[Jj]eg heter|[Jj]eg hedder|[Nn]imeni on|[Bb]enim adım|[Мм]еня зовут"
)
_INTRODUCED = re.compile(rf"(?<![\w])(?:{_SAID}) (?P<it>{_NAME})")
_FORM = re.compile(
    rf"(?:^|(?<=\n))[ \t>*-]{{0,8}}(?:(?:Full |First |Last |Middle |Sur|Legal |Patient |Customer |"
    rf"Contact )?[Nn]ame|Nom|Nombre|Nome|Cognome|Apellidos?|Vorname|Nachname)"
    rf"[ *]{{0,4}}:[ *\t]{{0,8}}(?P<it>{_NAME})(?=[ *\t\r]{{0,8}}(?:\n|$|,|;))"
)
_SIGNED = re.compile(
    rf"(?:[Rr]egards|[Ss]incerely|[Ss]incerely yours|[Yy]ours (?:truly|faithfully|sincerely)|[Gg]rüßen?|"
    rf"[Cc]ordialement|[Ss]aludos|[Cc]ordiali saluti|[Aa]tenciosamente)"
    rf"[,.]?[ \t\r]{{0,4}}\n{{1,3}}[ \t]{{0,4}}(?P<it>{_NAME})(?=[ \t\r]{{0,4}}(?:\n|$))"
)

_WORDS = (
    "name", "Name", "called", "hei", "appelle", "nom ", "llamo", "nombre", "chiamo", "nome", "chamo", "azywam", "naam",
    "heet", "heter", "hedder", "nimeni", "enim", "зовут",
)  # fmt: skip
_FIELDS = ("ame", "Nom", "Cognome", "Apellido")

FINDERS = (
    Rule("NAME", _INTRODUCED, needs=_WORDS),
    Rule("NAME", _FORM, needs=_FIELDS),
    Rule("NAME", _SIGNED, needs=("\n",)),
)
