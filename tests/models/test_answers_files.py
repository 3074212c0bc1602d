"""Answers files that are partial, cut, broken, late, or named otherwise: what is good counts, and the rest is told."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from clioscope.errors import ConfigError
from clioscope.models.folder import FolderService
from clioscope.models.judges import Calls, Judges
from clioscope.models.waves import AwaitingAnswers
from clioscope.prompting import Unanswered
from tests.judged.helpers import result_line
from tests.models.helpers import Scored, work, works
from tests.models.test_batch_faults import answered
from tests.models.test_waves import requests_in, said, waiting, write_answers

FAILED: dict[str, Any] = {"status_code": 500, "body": {"error": {"message": "overloaded"}}}
OLD = 1_000_000_000
"""Seconds since 1970: long before any request of these tests."""


def run(folder: Path, count: int) -> tuple[list[Any] | None, list[str]]:
    """One run: its results, or ``None`` where it waits for answers; and what it told."""
    told: list[str] = []
    models = {"audit": f"file:{folder / 'requests'}#m"}
    judges = Judges(models, Calls(), folder / "a.sqlite", folder / "w.sqlite", told.append)
    try:
        return list(judges.judge("audit", works(count))), told
    except AwaitingAnswers as raised:
        return None, [*told, str(raised)]
    finally:
        judges.close()


def ends_well(folder: Path, count: int) -> list[str]:
    """Run to the end, every request answered; what was told."""
    results, told = run(folder, count)
    assert results is not None, told
    assert len(results) == count
    assert all(isinstance(result, Scored) for result in results)
    return told


def waits(folder: Path, count: int) -> list[str]:
    results, told = run(folder, count)
    assert results is None
    return told


def waves_in(folder: Path) -> list[str]:
    return sorted(path.name[:9] for path in (folder / "requests").glob("*.requests.jsonl"))


def place(folder: Path, text: str, name: str = "wave-0001.answers.jsonl") -> Path:
    path = folder / "requests" / name
    path.write_text(text, encoding="utf-8")
    return path


def asked(folder: Path, count: int) -> list[str]:
    """Hand over a first wave; its answers."""
    waiting(folder, count)
    return answered(requests_in(folder))


def answered_and_asked_again(folder: Path, count: int) -> list[str]:
    """Take up a first wave's answers, and then ask for the first of them once more; the answers."""
    lines = asked(folder, count)
    write_answers(folder, lines)
    models = {"audit": f"file:{folder / 'requests'}#m"}
    judges = Judges(models, Calls(), folder / "a.sqlite", folder / "w.sqlite", lambda _: None)
    assert len(list(judges.judge("audit", works(count)))) == count
    judges.forget("audit", work("question number 0 about bread"), lambda _: True)
    judges.close()
    waits(folder, count)
    return lines


def of_file(told: list[str], name: str = "wave-0001.answers.jsonl") -> str:
    """The one note about a file."""
    (note,) = [text for text in told if f"{name}: " in text]
    return note


# What comes late counts


def test_after_a_partial_file_the_complete_one_ends_the_run_though_a_second_wave_was_handed_over(
    tmp_path: Path,
) -> None:
    lines = asked(tmp_path, 12)
    write_answers(tmp_path, lines[:5])
    waits(tmp_path, 12)
    assert len(requests_in(tmp_path, 2)) == 7
    write_answers(tmp_path, lines)
    told = ends_well(tmp_path, 12)
    assert "7 answers came late and are used." in of_file(told)
    assert waves_in(tmp_path) == ["wave-0001", "wave-0002"]


def test_the_complete_file_counts_however_old_it_says_it_is(tmp_path: Path) -> None:
    lines = asked(tmp_path, 6)
    write_answers(tmp_path, lines[:2])
    waits(tmp_path, 6)
    write_answers(tmp_path, lines)
    os.utime(tmp_path / "requests" / "wave-0001.answers.jsonl", (OLD, OLD))
    ends_well(tmp_path, 6)


def test_late_answers_in_a_file_of_another_name_count(tmp_path: Path) -> None:
    lines = asked(tmp_path, 6)
    write_answers(tmp_path, lines[:2])
    waits(tmp_path, 6)
    os.utime(place(tmp_path, "\n".join(lines), "all of them.jsonl"), (OLD, OLD))
    ends_well(tmp_path, 6)


def test_a_second_wave_whose_file_never_comes_waits_only_for_what_nobody_answered(tmp_path: Path) -> None:
    lines = asked(tmp_path, 6)
    write_answers(tmp_path, lines[:2])
    waits(tmp_path, 6)
    write_answers(tmp_path, lines[:5])
    told = waits(tmp_path, 6)
    assert "1 requests wait for answers" in told[-1]
    assert waves_in(tmp_path) == ["wave-0001", "wave-0002"]
    write_answers(tmp_path, lines)
    ends_well(tmp_path, 6)


def test_a_request_that_was_given_up_is_answered_by_a_corrected_file(tmp_path: Path) -> None:
    lines = asked(tmp_path, 3)
    refused = {"status_code": 400, "body": {"error": {"code": "content_filter", "message": "stopped"}}}
    row = {"custom_id": json.loads(lines[0])["custom_id"], "response": refused}
    write_answers(tmp_path, [json.dumps(row), *lines[1:]])
    results, _ = run(tmp_path, 3)
    assert results is not None
    assert isinstance(results[0], Unanswered)
    write_answers(tmp_path, lines)
    ends_well(tmp_path, 3)


def test_a_request_that_failed_and_is_to_be_retried_is_answered_by_a_corrected_file(tmp_path: Path) -> None:
    lines = asked(tmp_path, 1)
    row = {"custom_id": json.loads(lines[0])["custom_id"], "response": {"status_code": 400, "body": {"error": "no"}}}
    write_answers(tmp_path, [json.dumps(row)])
    models = {"audit": f"file:{tmp_path / 'requests'}#m"}
    judges = Judges(models, Calls(), tmp_path / "a.sqlite", tmp_path / "w.sqlite", lambda _: None)
    (given_up,) = judges.judge("audit", works(1))
    assert isinstance(given_up, Unanswered)
    write_answers(tmp_path, lines)
    os.utime(tmp_path / "requests" / "wave-0001.answers.jsonl", (OLD, OLD))
    judges.forget("audit", work("question number 0 about bread"), lambda _: True)
    (result,) = judges.judge("audit", works(1))
    judges.close()
    assert isinstance(result, Scored)


AGAIN: dict[str, dict[str, Any]] = {
    "an error that nobody knows": {"response": None, "error": {"code": "x"}},
    "an error without a code": {"response": None, "error": {"message": "the worker died"}},
    "an error in words": {"response": None, "error": "no"},
    "not in time": {"response": None, "error": {"code": "batch_expired"}},
    "a wrong key": {"response": {"status_code": 401, "body": {"error": {"code": "invalid_api_key"}}}},
    "a failure that vllm tells of": {
        "response": {"status_code": 500, "body": None}, "error": {"error": {"code": 500, "message": "dead"}}
    },
}  # fmt: skip
NEVER: dict[str, dict[str, Any]] = {
    "a filter": {"response": None, "error": {"code": "content_filter"}},
    "too long": {"response": None, "error": {"message": "maximum context length"}},
    "a refusal that vllm tells of": {
        "response": {"status_code": 400, "body": None}, "error": {"code": 400, "message": "bad"}
    },
    "the same by its code": {"response": None, "error": {"error": {"code": 400, "message": "bad"}}},
}  # fmt: skip


@pytest.mark.parametrize("failed", AGAIN)
def test_a_line_that_failed_is_handed_over_again_and_given_up_after_three_times(tmp_path: Path, failed: str) -> None:
    custom_id = json.loads(asked(tmp_path, 1)[0])["custom_id"]
    for wave in (1, 2, 3):
        assert [row["custom_id"] for row in requests_in(tmp_path, wave)] == [custom_id]
        write_answers(tmp_path, [json.dumps({"custom_id": custom_id, **AGAIN[failed]})], wave)
        results, _ = run(tmp_path, 1)
        assert (results is None) == (wave < 3)
    assert isinstance((results or [None])[0], Unanswered)


@pytest.mark.parametrize("failed", NEVER)
def test_a_line_that_no_second_try_answers_is_given_up_at_once(tmp_path: Path, failed: str) -> None:
    custom_id = json.loads(asked(tmp_path, 1)[0])["custom_id"]
    write_answers(tmp_path, [json.dumps({"custom_id": custom_id, **NEVER[failed]})])
    results, _ = run(tmp_path, 1)
    assert isinstance((results or [None])[0], Unanswered)


def test_errors_of_an_old_file_that_is_written_anew_do_not_count_again(tmp_path: Path) -> None:
    lines = asked(tmp_path, 2)
    failed = json.dumps({"custom_id": json.loads(lines[0])["custom_id"], "response": FAILED})
    for blanks in range(5):
        write_answers(tmp_path, [failed, lines[1], *[""] * blanks])
        waits(tmp_path, 2)
    assert waves_in(tmp_path) == ["wave-0001", "wave-0002"]
    write_answers(tmp_path, [lines[0]], 2)
    ends_well(tmp_path, 2)


def test_what_is_asked_again_on_purpose_is_not_answered_by_its_old_answer_in_a_file_written_anew(
    tmp_path: Path,
) -> None:
    lines = answered_and_asked_again(tmp_path, 2)
    (again,) = requests_in(tmp_path, 2)
    write_answers(tmp_path, [*reversed(lines), ""])
    place(tmp_path, "\n".join(lines), "a copy.jsonl")
    waits(tmp_path, 2)
    better = json.dumps({"reason": "better", "score": 1, "colour": "green"})
    place(tmp_path, "\n".join([*lines, result_line(again, better)]), "a copy.jsonl")
    results, _ = run(tmp_path, 2)
    assert results is not None
    assert results[0] == Scored(reason="better", score=1, colour="green")


def test_the_same_answer_given_once_more_in_the_file_of_its_wave_is_an_answer(tmp_path: Path) -> None:
    lines = answered_and_asked_again(tmp_path, 1)
    write_answers(tmp_path, lines, 2)
    ends_well(tmp_path, 1)


# A file that is still being copied


def test_a_file_that_ends_in_the_middle_of_a_line_is_waited_for(tmp_path: Path) -> None:
    lines = asked(tmp_path, 10)
    whole = "".join(line + "\n" for line in lines)
    cut = whole[: len(whole) // 2 + 40]
    place(tmp_path, cut)
    told = waits(tmp_path, 10)
    assert "It ends in the middle of a line" in of_file(told)
    assert "put the complete file in place and run the same command again" in of_file(told)
    assert waves_in(tmp_path) == ["wave-0001"]
    assert f"{10 - cut.count(chr(10))} requests wait for answers" in told[-1]
    # It is told as long as it is so.
    assert "It ends in the middle of a line" in of_file(waits(tmp_path, 10))
    place(tmp_path, whole)
    ends_well(tmp_path, 10)
    assert waves_in(tmp_path) == ["wave-0001"]


def test_a_cut_line_that_never_becomes_whole_is_asked_again_once_it_is_deleted(tmp_path: Path) -> None:
    lines = asked(tmp_path, 3)
    place(tmp_path, "\n".join([*lines[:2], lines[2][:40]]))
    assert "If there is no more of it, delete its last line" in of_file(waits(tmp_path, 3))
    place(tmp_path, "\n".join(lines[:2]))
    waits(tmp_path, 3)
    assert [row["custom_id"] for row in requests_in(tmp_path, 2)] == [json.loads(lines[2])["custom_id"]]


def test_a_last_line_that_is_whole_needs_no_newline(tmp_path: Path) -> None:
    place(tmp_path, "\n".join(asked(tmp_path, 3)))
    assert ends_well(tmp_path, 3) == []


def test_the_errors_of_a_file_that_is_cut_do_not_count_until_it_is_whole(tmp_path: Path) -> None:
    lines = asked(tmp_path, 3)
    failed = json.dumps({"custom_id": json.loads(lines[0])["custom_id"], "response": FAILED})
    for _ in range(4):
        place(tmp_path, f"{failed}\n{lines[1]}\n{lines[2][:30]}")
        waits(tmp_path, 3)
    place(tmp_path, "\n".join([failed, *lines[1:]]))
    told = waits(tmp_path, 3)
    assert "1 of 3 requests have no answer (1 came back as errors). 1 is handed over again as wave-0002." in told[-2]


def test_a_file_that_grows_while_it_is_read_is_not_taken_for_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = asked(tmp_path, 4)
    write_answers(tmp_path, lines[:2])
    read = FolderService._read

    def grows(self: FolderService, *values: Any) -> Any:
        report = read(self, *values)
        write_answers(tmp_path, lines[:3])
        return report

    with monkeypatch.context() as patched:
        patched.setattr(FolderService, "_read", grows)
        waits(tmp_path, 4)
    assert waves_in(tmp_path) == ["wave-0001"]
    write_answers(tmp_path, lines)
    ends_well(tmp_path, 4)


# What is told


def test_lines_that_are_no_answers_are_told_by_their_numbers_in_one_note(tmp_path: Path) -> None:
    lines = asked(tmp_path, 6)
    foreign = [result_line({"custom_id": name}, "the secret of somebody") for name in ("ab" * 32, "not ours")]
    broken = ["broken secret", "[]", lines[5][:50], '"secret"', "{}", "}", "{", '{"custom_id": 7}']
    write_answers(tmp_path, [lines[0], "", *broken, *lines[1:4], *foreign])
    told = waits(tmp_path, 6)
    note = of_file(told)
    assert "8 lines could not be read (lines 3, 4, 5, 6, 7 and 3 more)." in note
    assert "2 lines name no request that this run has asked this model." in note
    assert "2 of 6 requests have no answer. 2 are handed over again as wave-0002." in note
    assert "put the complete one in place before running again: what it answers need not be answered in wave-" in note
    assert not any("secret" in text or "bread" in text or said(requests_in(tmp_path)[0]) in text for text in told)


def test_a_file_is_told_of_once_and_read_again_only_where_it_or_what_is_asked_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = asked(tmp_path, 4)
    write_answers(tmp_path, ["broken", *lines[:2]])
    assert "1 line could not be read (line 1)." in of_file(waits(tmp_path, 4))
    opened: list[Path] = []
    read = FolderService._read

    def counted(self: FolderService, path: Path, *values: Any) -> Any:
        opened.append(path)
        return read(self, path, *values)

    monkeypatch.setattr(FolderService, "_read", counted)
    assert len(waits(tmp_path, 4)) == 1
    assert opened == []
    write_answers(tmp_path, ["broken", *lines])
    told = ends_well(tmp_path, 4)
    assert len(opened) == 1
    assert "1 line could not be read (line 1). 2 answers came late and are used." in of_file(told)


def test_a_run_that_ends_with_requests_given_up_tells_of_the_file_all_the_same(tmp_path: Path) -> None:
    lines = asked(tmp_path, 2)
    refused = {"status_code": 400, "body": {"error": {"code": "content_filter", "message": "secret"}}}
    row = {"custom_id": json.loads(lines[0])["custom_id"], "response": refused}
    write_answers(tmp_path, [json.dumps(row), lines[1]])
    results, told = run(tmp_path, 2)
    assert results is not None
    assert of_file(told).endswith("1 of 2 requests have no answer (1 came back as errors).")


def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_answers(tmp_path, asked(tmp_path, 1))

    def refused(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(FolderService, "_read", refused)
    with pytest.raises(ConfigError, match=r"wave-0001\.answers\.jsonl cannot be read.*Permission denied"):
        run(tmp_path, 1)
