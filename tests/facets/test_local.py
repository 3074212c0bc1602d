"""The facets that need no model."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from clioscope.config import make_config
from clioscope.conversation import Conversation, Message
from clioscope.facets import LocalExtractor
from clioscope.facets.bands import length_band, period_of, turns_band
from clioscope.facets.language import language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Could you help me write a letter to my landlord about the heating?", "en"),
        ("¿Me puedes ayudar a escribir una carta para mi casero?", "es"),
        ("Kannst du mir helfen, einen Brief an meinen Vermieter zu schreiben?", "de"),
        ("家賃の値上げについて大家さんに手紙を書きたいです", "ja"),
        ("주인에게 보낼 편지를 쓰는 것을 도와주세요", "ko"),
        ("Помогите написать письмо хозяину квартиры", "ru"),
        ("ok", "und"),
        ("12345 67 :-)", "und"),
        ("```python\nfor i in range(10): print(i)\n```", "und"),
        ("", "und"),
    ],
)
def test_the_language_is_told_or_said_to_be_unsure(text: str, code: str) -> None:
    assert language(text) == code


def test_code_does_not_decide_the_language() -> None:
    code = "```\n" + "def transform(values): return [value for value in values]\n" * 30 + "```"
    assert language(f"Warum ist diese Funktion so langsam, und was kann ich tun?\n{code}") == "de"


def test_bands_meet_without_gaps() -> None:
    assert [turns_band(n) for n in (1, 2, 3, 4, 7, 8)] == ["1", "2 to 3", "2 to 3", "4 to 7", "4 to 7", "8 and more"]
    assert [length_band(n) for n in (0, 99, 100, 499, 500, 1999, 2000)] == [
        *["under 100"] * 2, *["100 to 499"] * 2, *["500 to 1,999"] * 2, "2,000 and more",
    ]  # fmt: skip


def test_periods_are_counted_in_utc() -> None:
    late = datetime(2026, 7, 1, 1, 30, tzinfo=timezone(timedelta(hours=3)))
    assert period_of(late, "month") == "2026-06"
    assert period_of(datetime(2026, 1, 1, tzinfo=UTC), "week") == "2026-W01"
    assert period_of(datetime(2027, 1, 1, tzinfo=UTC), "week") == "2026-W53"
    assert period_of(None, "week") is None


def test_only_metadata_that_was_asked_for_becomes_a_facet() -> None:
    conversation = Conversation(
        "c1",
        (Message("user", "hello there my friend"), Message("assistant", "hi")),
        metadata={"plan": "pro", "account": "x"},
    )
    (facets,) = LocalExtractor(make_config(facets=("plan",))).extract([conversation])
    assert facets.categories["plan"] == "pro"
    assert "account" not in facets.categories
    assert (facets.turns, facets.characters) == (1, 21)


def test_a_column_named_like_a_facet_is_published_under_another_name() -> None:
    conversation = Conversation(
        "c1", (Message("user", "Bonjour, tu vas bien aujourd'hui ?"),), metadata={"language": "x"}
    )
    (facets,) = LocalExtractor(make_config(facets=("language",))).extract([conversation])
    assert facets.categories["language"] == "fr"
    assert facets.categories["source_language"] == "x"
