"""Compose the shipped sample from the material in ``topics/``: the same bytes every time.

Run: python tools/sample/compose.py
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SHIPPED = HERE.parents[1] / "src" / "clioscope" / "sample"

SEED = 20260601
CONVERSATIONS = 3_600
FEWEST_A_SUBTOPIC = 20
USERS = 780
MOST_OF_ONE_USER = 30
BEGIN, DAYS = datetime(2026, 6, 1, tzinfo=UTC), 92

LANGUAGES = {
    "en": 66, "es": 13, "de": 9, "fr": 6, "pt": 4, "zh": 4, "ja": 3, "ru": 3, "it": 3, "ko": 2,
    "tr": 1.5, "ar": 1.5, "hi": 1.5,
}  # fmt: skip
"""Home languages of the users, as weights. Users of other languages than English ask in it where they can."""

GROWING = {"spreadsheet_formulas", "role_play"}
FADING = {"exam_plans", "job_interviews"}
BURST = "fake_reviews"
BURST_FROM, BURST_DAYS, BURST_USERS = 35, 14, 14

TURNS = (56, 22, 11, 6, 3, 2)
PREFIXES = (
    "hi, ",
    "hey ",
    "hello! ",
    "quick one: ",
    "ok so ",
    "um ",
    "Hi there, ",
    "sorry, me again. ",
    "good morning, ",
)
SUFFIXES = (
    " thanks!",
    " pls",
    " thx",
    " any ideas?",
    " Thank you.",
    " asap",
    " if that makes sense",
    " please be brief",
)
CODE = re.compile(r"```|[{};]|=\s|\bdef |\bSELECT\b|https?:|^\s{2,}\S", re.MULTILINE)


@dataclass
class Subtopic:
    """The material of one subtopic, dealt out so that nothing comes again before everything came once."""

    topic: str
    topic_name: str
    id: str
    name: str
    weight: float
    openers: dict[str, list[str]]
    long_openers: list[str]
    followups: list[str]
    replies: list[str]
    _decks: dict[str, list[str]] = field(default_factory=dict)

    def deal(self, kind: str, cards: Sequence[str], rng: random.Random) -> str:
        """The next card of a shuffled deck, which is shuffled anew once it is used up."""
        deck = self._decks.setdefault(kind, [])
        if not deck:
            deck.extend(rng.sample(cards, len(cards)))
        return deck.pop()


@dataclass(frozen=True)
class User:
    """One made-up person: how often they come, what they speak, and what they like to ask about."""

    id: str
    activity: float
    language: str
    favourites: frozenset[str]
    plan: str
    name: str
    first_name: str


def read_topics() -> list[Subtopic]:
    """Every subtopic of every file in ``topics/``."""
    found = []
    for path in sorted((HERE / "topics").glob("*.toml")):
        topic = tomllib.loads(path.read_text(encoding="utf-8"))
        for sub in topic["subtopics"]:
            found.append(
                Subtopic(
                    topic["id"], topic["name"], sub["id"], sub["name"], sub["weight"],
                    {"en": sub["openers"], **sub.get("other_languages", {})},
                    sub.get("long_openers", []), sub["followups"], sub["replies"],
                )
            )  # fmt: skip
    return found


def make_users(slots: dict[str, list[str]], topics: Sequence[str], rng: random.Random) -> list[User]:
    """The users, with a few very active ones and many who come once or twice."""
    users = []
    for number in range(USERS):
        first = rng.choice(slots["first_name"])
        users.append(
            User(
                id=f"u{number:04d}",
                activity=min(rng.paretovariate(1.6), 10),
                language=rng.choices(list(LANGUAGES), list(LANGUAGES.values()))[0],
                favourites=frozenset(rng.sample(topics, 3)),
                plan=rng.choices(["free", "plus", "team"], [65, 25, 10])[0],
                name=f"{first} {rng.choice(slots['surname'])}",
                first_name=first,
            )
        )
    return users


def quotas(subtopics: Sequence[Subtopic]) -> list[int]:
    """How many conversations each subtopic gets: by weight, and enough of each to be found."""
    total = sum(sub.weight for sub in subtopics)
    return [max(FEWEST_A_SUBTOPIC, round(CONVERSATIONS * sub.weight / total)) for sub in subtopics]


def pick_user(users: Sequence[User], sub: Subtopic, used: Counter[str], rng: random.Random) -> User:
    """Someone who likes the topic, rather than anyone; nobody more often than a person could."""
    able = [user for user in users if used[user.id] < MOST_OF_ONE_USER]
    chosen = rng.choices(able, [user.activity * (6 if sub.topic in user.favourites else 1) for user in able])[0]
    used[chosen.id] += 1
    return chosen


def pick_time(sub: Subtopic, rng: random.Random) -> datetime:
    """A moment in the three months: fewer at weekends, mostly by day, and following the subtopic's trend."""
    while True:
        day = BURST_FROM + rng.randrange(BURST_DAYS) if sub.id == BURST else rng.randrange(DAYS)
        keep = 0.55 if (BEGIN + timedelta(days=day)).weekday() >= 5 else 1.0
        if sub.id in GROWING:
            keep *= (day + 4) / (DAYS + 4)
        if sub.id in FADING:
            keep *= (DAYS + 4 - day) / (DAYS + 4)
        if rng.random() < keep:
            hour = min(23.9, max(0.0, rng.gauss(14.5, 4.5)))
            return BEGIN + timedelta(days=day, seconds=int(hour * 3600) + rng.randrange(60))


class Writer:
    """Writes one conversation: fills slots, adds haste and typing errors, keeps code as it is."""

    def __init__(self, slots: dict[str, list[str]], rng: random.Random) -> None:
        self._slots, self._rng = slots, rng

    def write(self, sub: Subtopic, user: User) -> list[dict[str, str]]:
        """The messages of one conversation."""
        rng = self._rng
        language = user.language if user.language in sub.openers else "en"
        is_long = language == "en" and rng.random() < min(0.13, 0.03 * len(sub.long_openers))
        kind = "long" if is_long else language
        opener = sub.deal(kind, sub.long_openers if is_long else sub.openers[language], rng)
        values = self._values(user)
        said = [self._haste(opener.format_map(values), user, language, first=True)]
        if language == "en":
            later = rng.choices(range(len(TURNS)), TURNS)[0]
            said += [self._haste(t.format_map(values), user, "en") for t in self._later(sub, later)]
        messages = []
        for turn in said:
            messages.append({"role": "user", "content": turn})
            reply = sub.deal("reply", sub.replies, rng).format_map(values)
            messages.append({"role": "assistant", "content": reply})
        if language == "en" and rng.random() < 0.08:
            thanks = rng.choice(["thanks", "Perfect, thank you!", "ok great", "ty", "that worked, thanks a lot"])
            messages += [{"role": "user", "content": thanks}, {"role": "assistant", "content": "You're welcome!"}]
        return messages

    def _later(self, sub: Subtopic, count: int) -> list[str]:
        """Later turns: half about the matter, half what people say about anything."""
        rng = self._rng
        about = rng.sample(sub.followups, min(count, len(sub.followups)))
        anything = rng.sample(self._slots["anything"], count)
        return [one if rng.random() < 0.5 else other for one, other in zip(about, anything, strict=False)]

    def _values(self, user: User) -> dict[str, str]:
        rng, slots = self._rng, self._slots
        other = rng.choice(slots["first_name"])
        return {
            "name": f"{other} {rng.choice(slots['surname'])}",
            "first_name": other,
            "email": f"{other.lower()}.{rng.choice(slots['surname']).lower()}@{rng.choice(slots['domain'])}",
            "phone": rng.choice([f"(555) 555-01{rng.randrange(100):02d}", f"+44 20 7946 0{rng.randrange(1000):03d}"]),
            **{name: rng.choice(slots[name]) for name in ("city", "country", "company", "street")},
            "date": f"{rng.randrange(1, 29)} {rng.choice(['June', 'July', 'August', 'September'])}",
            "number": str(rng.choice([3, 4, 6, 8, 12, 15, 20, 25, 40, 60, 120, 250, 400])),
            "amount": str(rng.choice([45, 80, 120, 250, 380, 600, 950, 1200, 1850, 2400, 5200])),
            "age": str(rng.randrange(19, 78)),
            "account": f"{rng.choice('ABKMRT')}{rng.choice('CDHLPX')}-{rng.randrange(10_000, 99_999)}",
        }

    def _haste(self, text: str, user: User, language: str, *, first: bool = False) -> str:
        rng = self._rng
        if language != "en" or CODE.search(text):
            return text
        if first and rng.random() < 0.12:
            text = rng.choice(PREFIXES) + text
        if first and rng.random() < 0.10:
            text += rng.choice(SUFFIXES)
        careless = int(user.id[1:]) % 4 == 0
        if careless and rng.random() < 0.7:
            text = text.lower()
        if rng.random() < (0.45 if careless else 0.08):
            text = self._mistyped(text)
        return text

    def _mistyped(self, text: str) -> str:
        rng = self._rng
        words = text.split(" ")
        long = [i for i, word in enumerate(words) if word.isalpha() and len(word) > 4 and word.islower()]
        for i in rng.sample(long, min(len(long), 1 + len(words) // 25)):
            word, at = words[i], rng.randrange(1, len(words[i]) - 2)
            swap = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            words[i] = rng.choice([swap, word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]])
        return " ".join(words)


def compose() -> tuple[bytes, str]:
    """The sample as gzipped JSONL, and the known topics as CSV."""
    rng = random.Random(SEED)
    slots = tomllib.loads((HERE / "slots.toml").read_text(encoding="utf-8"))
    subtopics = read_topics()
    users = make_users(slots, sorted({sub.topic for sub in subtopics}), rng)
    used: Counter[str] = Counter()
    writer = Writer(slots, rng)
    drafts: list[tuple[datetime, User, Subtopic | None, list[dict[str, str]]]] = []
    for sub, quota in zip(subtopics, quotas(subtopics), strict=True):
        crowd = users[:BURST_USERS] if sub.id == BURST else users
        for _ in range(quota):
            user = pick_user(crowd, sub, used, rng)
            drafts.append((pick_time(sub, rng), user, sub, writer.write(sub, user)))
    for text in slots["unlike_any_other"]:
        user = rng.choice(users)
        reply = {"role": "assistant", "content": "Tell me a little more about what you have in mind."}
        drafts.append((pick_time(subtopics[0], rng), user, None, [{"role": "user", "content": text}, reply]))
    drafts.sort(key=lambda draft: (draft[0], draft[1].id))
    rows = [_row(f"s{number:05d}", *draft, rng) for number, draft in enumerate(drafts)]
    truth = [_truth(f"s{number:05d}", draft[2]) for number, draft in enumerate(drafts)]
    return _gzipped(rows), _csv(truth)


def _row(
    id_: str, time: datetime, user: User, sub: Subtopic | None, messages: list[dict[str, str]], rng: random.Random
) -> dict[str, Any]:
    version = "4.2" if time < BEGIN + timedelta(days=40) else rng.choice(["4.2", "4.3", "4.3"])
    return {
        "id": id_, "user_id": user.id, "created_at": time.isoformat(), "messages": messages,
        "plan": user.plan, "app_version": version,
    }  # fmt: skip


def _truth(id_: str, sub: Subtopic | None) -> list[str]:
    return [id_, sub.topic, sub.topic_name, sub.id, sub.name] if sub else [id_, "other", "Other", "other", "Other"]


def _gzipped(rows: Iterable[dict[str, Any]]) -> bytes:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0)


def _csv(rows: Iterable[list[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", "topic", "topic_name", "subtopic", "subtopic_name"])
    writer.writerows(rows)
    return out.getvalue()


def main() -> None:
    conversations, topics = compose()
    (SHIPPED / "conversations.jsonl.gz").write_bytes(conversations)
    (SHIPPED / "topics.csv").write_text(topics, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
