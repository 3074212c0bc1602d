"""Redaction against labelled personal details: recall and precision by entity, false alarms on real chats, speed.

Run: ``python -m benchmarks.redaction [--data FOLDER] [--presidio PYTHON] [--list]``. ``PYTHON`` is that of an
environment with presidio-analyzer, whose pattern recognisers are then measured on the same rows. ``--list`` prints
every miss and every false alarm.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.data import arguments, rows
from benchmarks.results import publish, table
from clioscope.privacy.redaction import Redactor, Span

# What the data calls an entity, and the kinds that answer it: of ours, and of Presidio's.
KINDS = {
    "CREDIT_CARD": ({"CARD"}, {"CREDIT_CARD"}),
    "EMAIL_ADDRESS": ({"EMAIL"}, {"EMAIL_ADDRESS"}),
    "PHONE_NUMBER": ({"PHONE"}, {"PHONE_NUMBER"}),
    "US_SSN": ({"NATIONAL_ID"}, {"US_SSN", "US_ITIN"}),
    "US_DRIVER_LICENSE": ({"NATIONAL_ID"}, {"US_DRIVER_LICENSE"}),
    "DATE_TIME (of birth)": ({"BIRTH_DATE"}, {"DATE_TIME"}),
    "ADDRESS": ({"ADDRESS"}, {"LOCATION", "ADDRESS"}),
    "PERSON": ({"NAME"}, {"PERSON"}),
    "DOMAIN_NAME": ({"URL"}, {"URL"}),
}
_SCRIPT = Path(__file__).with_name("redaction_presidio.py")


class Found(NamedTuple):
    """What one side found in every text, and the seconds it took for all of them."""

    spans: list[list[Span]]
    seconds: float


def ours(texts: Sequence[str]) -> Found:
    redactor = Redactor()
    redactor.redact("warm")
    begin = time.perf_counter()
    spans = [redactor.spans(text) for text in texts]
    return Found(spans, time.perf_counter() - begin)


def presidio(python: str, texts: Sequence[str], threshold: str) -> Found:
    done = subprocess.run(
        [python, _SCRIPT, threshold], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    answer = json.loads(done.stdout)
    return Found([[Span(*span) for span in spans] for spans in answer["spans"]], answer["seconds"])


def labelled(row: dict[str, object]) -> list[Span]:
    """The true spans of a row. Of the dates, those that say when a person was born."""
    text = text_of(row)
    labels = row["labels"]
    assert isinstance(labels, dict)
    found = []
    for label in labels["spans"]:
        kind = label["type"]
        if kind == "DATE_TIME":
            if not text[label["start"]].isdigit():
                continue
            kind = "DATE_TIME (of birth)"
        found.append(Span(label["start"], label["end"], kind))
    return found


def text_of(row: dict[str, object]) -> str:
    messages = row["messages"]
    assert isinstance(messages, list)
    (message,) = messages
    return str(message["content"])


def overlap(a: Span, b: Span) -> int:
    return max(0, min(a.end, b.end) - max(a.start, b.start))


def covered(true: Span, found: Sequence[Span]) -> float:
    """The share of its characters that were replaced, whatever they were taken for."""
    inside = {place for span in found for place in range(max(true.start, span.start), min(true.end, span.end))}
    return len(inside) / (true.end - true.start)


class Tally:
    """One side's counts by entity."""

    def __init__(self, side: int) -> None:
        self._side = side
        self.true: Counter[str] = Counter()
        self.whole: Counter[str] = Counter()
        self.share: dict[str, float] = defaultdict(float)
        self.right: Counter[str] = Counter()
        self.claimed: Counter[str] = Counter()
        self.missed: list[list[str]] = []
        self.false: list[list[str]] = []

    def add(self, text: str, true: Sequence[Span], found: Sequence[Span]) -> None:
        """Count one text."""
        for span in true:
            share = covered(span, found)
            self.true[span.kind] += 1
            self.share[span.kind] += share
            self.whole[span.kind] += share == 1
            if share < 1:
                self.missed.append([span.kind, f"{share:.2f}", around(text, span)])
        for entity, kinds in KINDS.items():
            for span in found:
                if span.kind not in kinds[self._side]:
                    continue
                self.claimed[entity] += 1
                if any(overlap(span, other) for other in true):
                    self.right[entity] += 1
        for span in found:
            if not any(overlap(span, other) for other in true):
                self.false.append([span.kind, "", around(text, span)])

    def cells(self, entity: str) -> list[str]:
        """Recall of whole entities, share of their characters, precision."""
        n = self.true[entity]
        precision = f"{100 * self.right[entity] / self.claimed[entity]:.0f}" if self.claimed[entity] else "-"
        return [f"{100 * self.whole[entity] / n:.0f}", f"{100 * self.share[entity] / n:.0f}", precision]


def around(text: str, span: Span) -> str:
    before, after = text[max(0, span.start - 30) : span.start], text[span.end : span.end + 20]
    return repr(f"{before}<<{text[span.start : span.end]}>>{after}")


def false_alarms(texts: Sequence[str], found: Found) -> tuple[float, Counter[str], float]:
    """Redactions per 10,000 characters, by kind, and seconds per million characters."""
    characters = sum(map(len, texts))
    kinds = Counter(span.kind for spans in found.spans for span in spans)
    return 10_000 * kinds.total() / characters, kinds, 1e6 * found.seconds / characters


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--presidio", help="the python of an environment with presidio-analyzer")
    parser.add_argument("--list", action="store_true", help="print misses and false alarms")
    options = parser.parse_args()
    sides: dict[str, Callable[[Sequence[str]], Found]] = {"ours": ours}
    if options.presidio:
        sides["Presidio"] = lambda texts: presidio(options.presidio, texts, "0")
        sides["Presidio from 0.4"] = lambda texts: presidio(options.presidio, texts, "0.4")
    data = rows(options.data, "pii_presidio")
    texts, true = [text_of(row) for row in data], [labelled(row) for row in data]
    chats = [m["content"] for row in rows(options.data, "hh_harmless") for m in row["messages"]]
    tallies, alarms = {}, []
    for number, (side, find) in enumerate(sides.items()):
        tally = tallies[side] = Tally(min(number, 1))
        for text, labels, spans in zip(texts, true, find(texts).spans, strict=True):
            tally.add(text, labels, spans)
        found = find(chats)
        rate, kinds, seconds = false_alarms(chats, found)
        listed = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
        alarms.append([side, str(kinds.total()), f"{rate:.2f}", listed, f"{seconds:.2f}"])
        if options.list:
            print(table(["entity", "covered", side], [*tally.missed, *tally.false]))
            for text, spans in zip(chats, found.spans, strict=True):
                for span in spans:
                    print("hh", side, span.kind, around(text, span))
    header = ["entity", "n"] + [
        f"{side} {what}" for side in sides for what in ("recall, %", "characters, %", "precision, %")
    ]
    lines = [
        [
            entity,
            str(tallies["ours"].true[entity]),
            *(cell for tally in tallies.values() for cell in tally.cells(entity)),
        ]
        for entity in KINDS
    ]
    publish("redaction", header, lines, options.save)
    header = ["side", "redactions in hh_harmless", "per 10,000 characters", "kinds", "s per million characters"]
    publish("redaction-alarms", header, alarms, options.save)


if __name__ == "__main__":
    main()
