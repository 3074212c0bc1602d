"""Telephone numbers by pattern, beside the library phonenumbers: made-up and example numbers, false alarms, speed.

Run: ``python -m benchmarks.redaction_phones --python PYTHON [--data FOLDER]``. ``PYTHON`` is that of an environment
with phonenumbers (presidio-analyzer brings it). The examples are those that the library has of the mobile and
fixed-line numbers of every country, in a sentence that says that they are numbers and in one that does not.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

SAID, UNSAID = "my phone number is {}, thanks", "you will find it under {}, thanks"
SEVEN = "US,GB,DE,FR,IN,ES,IT"
SIDES = {"possible, US": ("POSSIBLE", "US"), "valid, 7 countries": ("VALID", SEVEN), "possible, 7": ("POSSIBLE", SEVEN)}


def of_library(texts: Sequence[str], leniency: str, regions: str) -> list[list[list[int]]]:
    """Start and end of each number that the library finds, text by text. Runs in the other environment."""
    import phonenumbers

    strict = getattr(phonenumbers.Leniency, leniency)
    return [
        [
            [match.start, match.end]
            for region in regions.split(",")
            for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=strict)
        ]
        for text in texts
    ]


def examples() -> list[list[str]]:
    """Format and number. Runs in the other environment."""
    import phonenumbers

    found = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE):
            if number := phonenumbers.example_number_for_type(region, kind):
                for form in ("INTERNATIONAL", "NATIONAL", "E164"):
                    written = phonenumbers.format_number(number, getattr(phonenumbers.PhoneNumberFormat, form))
                    found.append([form, written])
    return found


def answer() -> None:
    """What the other environment is asked on standard input."""
    asked = json.load(sys.stdin)
    begin = time.perf_counter()
    said: Any = examples() if asked == "examples" else of_library(*asked)
    json.dump([said, time.perf_counter() - begin], sys.stdout)


def ask(python: str, what: Any) -> tuple[Any, float]:
    done = subprocess.run(
        [python, __file__, "--answer"], input=json.dumps(what), capture_output=True, text=True, check=True
    )
    said, seconds = json.loads(done.stdout)
    return said, seconds


def is_covered(text: str, number: str, spans: Sequence[Sequence[int]]) -> bool:
    start = text.index(number)
    inside = {place for begin, end in spans for place in range(begin, end)}
    return all(start + i in inside for i, character in enumerate(number) if character.isdigit())


def main() -> None:
    from benchmarks.data import arguments, rows
    from benchmarks.results import publish
    from clioscope.privacy.redaction import Redactor

    parser = arguments(__doc__ or "")
    parser.add_argument("--python", required=True)
    options = parser.parse_args()
    numbers, _ = ask(options.python, "examples")
    cases = [(form, said, number, said.format(number)) for form, number in numbers for said in (SAID, UNSAID)]
    for row in rows(options.data, "pii_presidio"):
        text = row["messages"][0]["content"]
        spans = [s for s in row["labels"]["spans"] if s["type"] == "PHONE_NUMBER"]
        cases += [("pii_presidio", "", text[s["start"] : s["end"]], text) for s in spans]
    chats = [m["content"] for row in rows(options.data, "hh_harmless") for m in row["messages"]]
    redactor = Redactor()

    def ours(texts: Sequence[str]) -> tuple[Any, float]:
        begin = time.perf_counter()
        found = [[[s.start, s.end] for s in redactor.spans(text) if s.kind == "PHONE"] for text in texts]
        return found, time.perf_counter() - begin

    lines = []
    groups = [
        ("pii_presidio", ""),
        *((form, said) for form in ("INTERNATIONAL", "NATIONAL") for said in (SAID, UNSAID)),
    ]
    for side in ("ours", *SIDES):
        find = ours if side == "ours" else lambda texts, side=side: ask(options.python, [texts, *SIDES[side]])
        found = find([text for _, _, _, text in cases])[0]
        cells = []
        for group in groups:
            hits = [
                is_covered(text, number, spans)
                for (form, said, number, text), spans in zip(cases, found, strict=True)
                if (form, said) == group
            ]
            cells.append(f"{100 * sum(hits) / len(hits):.0f}")
        alarms, seconds = find(chats)
        cells += [str(sum(map(len, alarms))), f"{1e6 * seconds / sum(map(len, chats)):.2f}"]
        lines.append([side, *cells])
    header = ["side", "pii_presidio, %"]
    header += [f"{form.lower()}, {'said' if said == SAID else 'unsaid'}, %" for form, said in groups[1:]]
    publish("redaction-phones", [*header, "in hh_harmless", "s per million characters"], lines, options.save)


if __name__ == "__main__":
    if "--answer" in sys.argv:
        answer()
    else:
        main()
