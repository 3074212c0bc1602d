"""A time window and a sample, for any source."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from clioscope.errors import ConfigError
from clioscope.sources import Selection, SetAside, open_source, parse_duration, parse_when, select
from tests.sources.source_files import jsonl, talk, write


def chosen(path, **selection) -> list[str]:
    return [
        item.id for item in select(open_source(path), Selection(**selection)).read() if not isinstance(item, SetAside)
    ]


@pytest.fixture
def days(tmp_path):
    records = [talk(f"d{day:02d}", created_at=f"2026-06-{day:02d}T12:00:00Z") for day in range(1, 31)] + [
        talk("timeless"),
        {},
    ]
    return write(tmp_path / "data", jsonl(records))


def test_a_window_keeps_what_began_in_it_and_counts_the_rest(days):
    selected = select(open_source(days), Selection(parse_when("2026-06-10"), parse_when("2026-06-12", end=True)))
    items = list(selected.read())
    assert [item.id for item in items[:-1]] == ["d10", "d11", "d12"]
    assert isinstance(items[-1], SetAside)
    assert (selected.left_out.outside_window, selected.left_out.without_time) == (27, 1)
    assert selected.left_out.sentences() == [
        "27 conversations lie outside the time window.",
        "1 conversations have no time, so they cannot lie in the time window.",
    ]


def test_without_a_window_a_conversation_without_a_time_is_kept(days):
    assert "timeless" in chosen(days)
    assert "timeless" not in chosen(days, since=parse_when("2020-01-01"))
    assert chosen(days, until=datetime(2026, 6, 2, tzinfo=UTC)) == ["d01"]


def test_a_sample_is_exact_repeatable_and_independent_of_the_order(tmp_path, days):
    sample = chosen(days, sample=7, seed=3)
    assert len(sample) == 7
    assert chosen(days, sample=7, seed=3) == sample
    assert chosen(days, sample=7, seed=4) != sample
    backwards = write(tmp_path / "backwards", b"\n".join(days.read_bytes().split(b"\n")[::-1]))
    assert sorted(chosen(backwards, sample=7, seed=3)) == sorted(sample)
    assert set(sample) <= set(chosen(days, sample=8, seed=3)), "a larger sample contains the smaller"
    assert len(chosen(days, sample=100)) == 31
    assert chosen(days, sample=0) == []


def test_a_sample_is_drawn_from_the_window(days):
    selection = Selection(parse_when("2026-06-10"), parse_when("2026-06-19", end=True), sample=4)
    selected = select(open_source(days), selection)
    kept = [item.id for item in selected.read() if not isinstance(item, SetAside)]
    assert len(kept) == 4
    assert all("d10" <= id_ <= "d19" for id_ in kept)
    assert selected.left_out.not_sampled == 6
    assert selected.left_out.outside_window == 20


def test_every_conversation_is_as_likely_as_every_other(tmp_path):
    path = write(tmp_path / "data", jsonl([talk(f"c{number}") for number in range(20)]))
    counts = Counter(id_ for seed in range(400) for id_ in chosen(path, sample=5, seed=seed))
    # Binomial, 400 draws of 1 in 4: mean 100, standard deviation 8.7.
    assert all(60 < counts[f"c{number}"] < 140 for number in range(20))


def users_of(path, **selection):
    selected = select(open_source(path), Selection(**selection))
    return Counter(item.user for item in selected.read() if not isinstance(item, SetAside)), selected


def test_no_user_has_more_than_so_many_and_who_has_fewer_keeps_all(tmp_path):
    rows = [{**talk(f"c{number}"), "user": f"u{number % 7}" if number < 40 else "busy"} for number in range(100)]
    rows += [talk(f"n{number}") for number in range(9)]
    path = write(tmp_path / "data", jsonl(rows))
    users, selected = users_of(path, of_each_user=6)
    assert users == {**{f"u{number}": 6 if number < 5 else 5 for number in range(7)}, "busy": 6, None: 6}
    assert selected.left_out.sentences() == ["57 conversations are of users who have more than may be counted."]
    backwards = write(tmp_path / "other", jsonl(rows[::-1]))
    assert set(chosen(path, of_each_user=6, seed=3)) == set(chosen(backwards, of_each_user=6, seed=3))
    assert set(chosen(path, of_each_user=6, seed=3)) != set(chosen(path, of_each_user=6, seed=4))


def test_where_no_conversation_has_a_user_all_are_kept(tmp_path):
    path = write(tmp_path / "data", jsonl([talk(f"n{number}") for number in range(9)]))
    users, selected = users_of(path, of_each_user=2)
    assert users == {None: 9}
    assert selected.left_out.sentences() == []


def test_a_sample_is_drawn_from_what_each_user_keeps_and_progress_knows_three_passes(tmp_path):
    rows = [{**talk(f"c{number}"), "user": "busy" if number < 90 else f"u{number}"} for number in range(100)]
    path = write(tmp_path / "data", jsonl(rows))
    source = open_source(path)
    selected = select(source, Selection(of_each_user=2, sample=12))
    assert selected.size == 3 * source.size
    users = Counter(item.user for item in selected.read() if not isinstance(item, SetAside))
    assert users["busy"] == 2
    assert sum(users.values()) == 12
    assert selected.left_out.not_sampled == 0


def test_what_is_set_aside_is_told_once_and_progress_knows_both_passes(days):
    source = open_source(days)
    selected = select(source, Selection(sample=3))
    steps: list[int] = []
    size = selected.size
    assert sum(isinstance(item, SetAside) for item in selected.read(on_bytes=steps.append)) == 1
    assert sum(steps) == size == 2 * source.size
    assert selected.size == source.size, "the sample is drawn once"
    assert len(list(selected.read())) == 4


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("7d", timedelta(days=7)),
        ("12h", timedelta(hours=12)),
        ("4w", timedelta(weeks=4)),
        (" 3m ", timedelta(days=90)),
        ("1Y", timedelta(days=365)),
    ],
)
def test_durations_are_read(text, length):
    assert parse_duration(text) == length


@pytest.mark.parametrize("text", ["", "7", "d", "7 days", "-7d", "0d", "7.5d", "٧d x", "9999999999d", "999999m"])
def test_what_is_no_duration_says_what_is_one(text):
    with pytest.raises(ConfigError, match="Write 12h, 7d, 4w, 3m"):
        parse_duration(text)


def test_dates_and_times_are_read_and_a_date_ends_with_its_day():
    assert parse_when("2026-06-01") == datetime(2026, 6, 1, tzinfo=UTC)
    assert parse_when("2026-06-01", end=True) == datetime(2026, 6, 2, tzinfo=UTC)
    assert parse_when("2026-06-01T12:00+02:00", end=True) == datetime(2026, 6, 1, 10, tzinfo=UTC)
    for text in ("", "June", "2026-13-01", "yesterday"):
        with pytest.raises(ConfigError, match="Write 2026-06-01"):
            parse_when(text)
