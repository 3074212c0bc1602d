"""Postal addresses: a street with a house number, a flat, a post box, a postcode that leads to a few houses."""

from __future__ import annotations

import re

from clioscope.privacy.redaction.rule import Rule

KIND = "ADDRESS"

_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
_NAME = (
    rf"(?:{_CAPITAL}[\w'’.-]{{0,24}}+|(?:de|du|des|la|le|les|del|della|di|da|do|dos|das|von|van|der|den|"
    rf"of|the)|[0-9]{{1,3}}(?:st|nd|rd|th))"
)
_HOUSE = r"[0-9]{1,5}[A-Za-z]?(?:[/-][0-9]{1,4}[A-Za-z]?)?"

_FLAT = (
    r"(?:apt|apartment|suite|ste|unit|flat|room|floor|bldg|building|piso|puerta|app?t?o|étage|stock|wohnung|"
    r"whg|int|interno|lok|m)"
    r"\.? ?#?[0-9]{1,5}[a-z]?\b|#[0-9]{1,5}"
)
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|"
    "ND|OH|OK|OR|PA|"
    "RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|PR|AA|AE|AP"
)
# What may follow a street: a flat, a town, and a code, in lines or behind commas.
_TOWN = rf"{_CAPITAL}[\w'’.-]{{1,24}}+(?: {_CAPITAL}[\w'’.-]{{1,24}}+){{0,3}}"
_CODE = (
    rf"(?:(?:{_STATES}),? [0-9]{{5}}(?:-[0-9]{{4}})?|[A-Z]{{1,2}}[0-9][A-Z0-9]? [0-9][A-Z]{{2}}|"
    rf"[0-9]{{4,6}}(?:-[0-9]{{3,4}})?)(?![\w])"
)
_LINE = r"(?:,? ?\n[ ?>*-]{0,5}|, ?)"
_REST = (
    rf"(?:[ ,\n?]{{1,6}}(?i:{_FLAT}))?"
    rf"(?:(?:{_LINE}{_TOWN}){{0,3}}(?:{_LINE}|,? (?:[A-Z]{{2}} )?){_CODE}(?: {_TOWN})?|{_LINE}{_CODE}|"
    rf", ?{_TOWN}(?=[.,;\n?!]|$))?"
)


_TYPES = (
    "Street|St|Avenue|Ave|Av|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Square|Sq|Way|Terrace|Ter|Close|"
    "Crescent|Cres|Highway|Hwy|Parkway|Pkwy|Circle|Cir|Trail|Trl|Grove|Gardens|Mews|Walk|Row|Quay|Rise|Hill|"
    "View|Loop|Alley|"
    "Turnpike|Freeway|Esplanade|Parade|Wharf|Pike|Run|Bypass|Expressway"
)
_ENGLISH = re.compile(
    rf"(?<![\w.,$€£/-])(?:[0-9]{{1,3}} )?{_HOUSE},? (?:(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)"
    rf"\.? )?(?:{_NAME} ){{1,4}}(?:{_TYPES})\b(?:\.(?=,| [a-z0-9]))?{_REST}"
)
_ENGLISH_SMALL = re.compile(
    r"(?<![\w.,$€£/-])(?:[0-9]{1,3} )?[0-9]{1,5}[a-z]? (?!(?:way|mile|day|year|min|hour|lane|foot|km|and|to|"
    r"on|of|in|the|cars?|people)[\w ])"
    r"[^\W\d_]{3,20}+(?: (?!on |the |a |of |in |at |and )[^\W\d_]{3,20}+)? (?:street|avenue|road|boulevard|"
    r"parkway|drive|court|lane)\b(?: (?i:apt|suite)\.? ?[0-9]{1,5})?"
)
_GERMANIC = re.compile(
    rf"(?<![\w-])(?:[0-9]{{1,3}} )?(?:{_CAPITAL}[\w-]{{0,20}} ){{0,2}}{_CAPITAL}(?:[^\W\d_]|"
    rf"-){{1,30}}?(?:stra(?:ß|ss)e|str\.|weg|gasse|platz|allee|damm|straat|laan|plein|gracht|kade|dreef|"
    r"gatan|gata|vägen|vägen|veien|vegen|vej|gade|gård|backen|stræde|stien|katu|tie|kuja|polku|braut|stígur)"
    rf" {_HOUSE}(?![\w.,][0-9]){_REST}"
)
_TWO_WORDS = re.compile(
    rf"(?<![\w-])(?:[0-9]{{1,3}} )?{_CAPITAL}[\w.-]{{1,24}}(?: {_CAPITAL}[\w.-]{{1,24}}){{0,2}} (?:Stra(?:ß|"
    rf"ss)e|Str\.|Weg|Gasse|Platz|Allee|utca|u\.|út|útja|tér|krt\.|körút|cesta|ulica|ulice|nám\.|caddesi|"
    rf"sokak|sok\.|Cad\.) {_HOUSE}\.?{_REST}"
)
_ROMANCE_TYPES = (
    r"[Rr]ue|[Aa]venue|[Bb]oulevard|[Pp]lace|[Qq]uai|[Cc]hemin|[Ii]mpasse|[Aa]llée|[Cc]ours|[Rr]oute|Via|"
    r"Viale|Piazza|Piazzale|Corso|Vicolo|Largo|"
    r"Calle|C/|Avenida|Avda?\.?|Carrera|Plaza|Paseo|Camino|Ronda|Rúa|Rua|R\.|Travessa|Praça|Estrada|Alameda|"
    r"Vila|Colonia|Quinta|"
    r"[Uu]l\.|[Uu]lica|[Aa]l\.|[Oo]s\.|[Pp]l\.|Str\.|Strada|Bd\.|Οδός|Λεωφ\.|Αγ\.|ул\.|улица|пр\.|проспект|"
    r"пер\.|Jalan|Jl\.|Carrer"
)
_NUMBER_FIRST = re.compile(
    rf"(?<![\w.,$€£/-])(?:[0-9]{{1,3}} )?{_HOUSE},? (?:bis |ter )?(?:{_ROMANCE_TYPES})"
    rf" (?:{_NAME}[ ]?){{1,6}}(?:[0-9]{{1,5}})?{_REST}"
)
_NUMBER_LAST = re.compile(
    rf"(?<![\w])(?:[0-9]{{1,3}} )?(?:{_ROMANCE_TYPES}) (?:{_NAME},? ){{1,6}}(?:n[.°º]? ?|č\. ?|"
    rf"д\. ?)?{_HOUSE}(?![\w.,:][0-9]){_REST}"
)
_BOX = re.compile(
    rf"(?<![\w])(?:(?:[0-9]{{1,3}} )?(?i:p\.? ?o\.? ?box|post office box|postfach|apartado(?: de correos)?|"
    rf"boîte postale|casella postale|caixa postal|postbus|postboks|box)"
    rf" ?#?[0-9]{{1,6}}(?<!(?i:box) [0-9])|(?i:(?:PSC|CMR|Unit|USNV|USNS|USS|USCGC)"
    rf" [\w ]{{1,20}}(?:, ?Box [0-9]{{1,5}}|Box [0-9]{{1,5}})?,? ?\n? ?(?:FPO|APO|DPO),? A[AEP] [0-9]{{5}})){_REST}"
)
_FLAT_ALONE = re.compile(r"(?<![\w])(?i:apt\.|apt|apartment|suite|ste\.) ?#?(?:no\.? ?)?[0-9]{1,5}[A-Za-z]?(?![\w])")
_UK_CODE = re.compile(
    r"(?<![\w])(?:[A-PR-UWYZ][0-9][0-9A-HJKS-UW]?|[A-PR-UWYZ][A-HK-Y][0-9][0-9A-Z]?|GIR)"
    r" ?[0-9][ABD-HJLNP-UW-Z]{2}(?![\w])"
)
_CANADIAN_CODE = re.compile(r"(?<![\w])[ABCEGHJ-NPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z] [0-9][ABCEGHJ-NPRSTV-Z][0-9](?![\w])")
_US_CODE = re.compile(rf"(?<![\w.'-])(?:{_TOWN}, ?)?(?:{_STATES}),? [0-9]{{5}}(?:-[0-9]{{4}})?(?![\w])")
_CHINESE = re.compile(
    r"[\u4e00-\u9fff]{2,20}(?:路|街|道|巷|弄|大道)[0-9一二三四五六七八九十百]{1,6}号(?:[\u4e00-\u9fff0-9-]{1,20}(?:室|楼|栋|单元))?"
)
_JAPANESE_CODE = "〒 ?[0-9]{3}-?[0-9]{4}"
_JAPANESE = re.compile(
    rf"(?:{_JAPANESE_CODE}[ 　]?)?[\u3005\u4e00-\u9fffヶケ]{{2,20}}[0-9一二三四五六七八九十]{{1,3}}"
    rf"(?:丁目[0-9]{{0,3}}(?:番地?)?[-‐]?(?:[0-9]{{1,4}}号?)?|-[0-9]{{1,3}}-[0-9]{{1,4}})|{_JAPANESE_CODE}"
)
_SAID = (
    r"(?<![^\W\d_])(?:(?:home |billing |mailing |postal |shipping |street |my |his |her |their |"
    r"primary and secondary )?address(?: is|:| to the same:)|"
    r"lives? at|living at|reside[sd]? at|office is at|anschrift:|adresse ?:|dirección:|indirizzo:|endereço:|"
    r"taxi to|arrived at)"
)
_AFTER_WORDS = re.compile(
    rf"{_SAID}\s{{1,6}}(?P<it>(?:[0-9]{{1,3}} )?(?:{_NAME},? ){{0,5}}(?=[^\n.;?!]{{0,40}}[0-9])"
    rf"(?:{_NAME},? )?{_HOUSE}(?:,? (?:{_NAME},? ){{1,5}}{_HOUSE})?(?![\w])(?:,? {_TOWN}(?=[.,;\n?]|$))?{_REST})",
    re.IGNORECASE,
)

FINDERS = (
    Rule(KIND, _ENGLISH, digits="some"),
    Rule(KIND, _ENGLISH_SMALL, digits="some"),
    Rule(KIND, _GERMANIC, digits="some"),
    Rule(KIND, _TWO_WORDS, digits="some"),
    Rule(KIND, _NUMBER_FIRST, digits="some"),
    Rule(KIND, _NUMBER_LAST, digits="some"),
    Rule(KIND, _BOX, digits="some"),
    Rule(KIND, _FLAT_ALONE, digits="some"),
    Rule(KIND, _UK_CODE, digits="some"),
    Rule(KIND, _CANADIAN_CODE, digits="some"),
    Rule(KIND, _US_CODE, digits="some"),
    Rule(KIND, _CHINESE, needs=("号",), digits="some"),
    Rule(KIND, _JAPANESE, needs=("丁目", "〒", "-"), digits="some"),
    Rule(KIND, _AFTER_WORDS, digits="some"),
)
