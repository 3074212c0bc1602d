"""Removing what a run need not keep, with the answers and request files that tell of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from clioscope.config import Config, Judgement, read_config
from clioscope.errors import ClioscopeError
from clioscope.facets import JudgedExtractor
from clioscope.models.erasing import erase_answers, erase_messages
from clioscope.models.names import FILE, parse_model
from clioscope.pipeline.checking import prompt_files
from clioscope.pipeline.keeping import now
from clioscope.prompting import Prompts
from clioscope.vault import RunFolder
from clioscope.vault.journal import Journal
from clioscope.vault.publications import Publications, Record
from clioscope.vault.removing import remove_everything, remove_facets, remove_raw
from clioscope.vault.retention import CALLED, Gone, Kind, Retention

_WITH_IT = (
    "With it went what a further publication would be compared with: `clioscope publish` will refuse one of this run."
)

What = Literal["raw", "facets", "answers", "all"]


def purge(run: RunFolder, what: Sequence[What]) -> list[str]:
    """Remove what is named, and say so in sentences. Cut short, it is finished by whatever opens the run next.

    The caller holds the run's lock, and has nothing of the run open.
    """
    if not what:
        return []
    Journal(run.vault).write({"what": "purge", "kinds": list(what)})
    return finish_purge(run, what)


def finish_purge(run: RunFolder, what: Sequence[What]) -> list[str]:
    """Remove what a journal names."""
    everything = "all" in what
    gone: list[Gone] = []
    own_words = bool(run.stages.found("Asking").get("own_words", True))
    left: list[str] = []
    if everything or "raw" in what:
        remove_raw(run, texts_too=own_words)
        erase_messages(run.waves)
        if run.answers.exists():
            erase_answers(run.answers, None, _facets_alone(run, own_words=own_words))
        left = _remove_request_files(run)
        gone += ["raw", "texts"] if own_words else ["raw"]
    if everything or "facets" in what:
        remove_facets(run)
        gone += ["texts", "facets"]
    if everything or "facets" in what or "answers" in what:
        erase_answers(run.answers, set())
        erase_messages(run.waves, answered_too=True)
        gone.append("answers")
    beside = _remove_records(run) if everything or "facets" in what else []
    if everything:
        remove_everything(run)
    Retention(run.vault).removed(gone, now())
    Journal(run.vault).close()
    return [*_told(what, own_words=own_words), *beside, *left]


def _told(what: Sequence[What], *, own_words: bool) -> list[str]:
    if "all" in what:
        return ["Removed: all that the vault held about conversations. The atlas stays."]
    kinds: list[Kind] = [kind for kind in ("raw", "facets", "answers") if kind in what]
    said = [CALLED[kind] for kind in kinds]
    if kinds == ["raw"] and own_words:
        said.append("the facets that were a person's own words")
    if "facets" in kinds and "answers" not in kinds:
        said.append(CALLED["answers"])
    return [f"Removed: {', and '.join(said)}. The atlas stays."]


def _remove_records(run: RunFolder) -> list[str]:
    """Remove what publications were made of: it holds clusters of single conversations."""
    ledger = Publications(run.vault)
    lost = ledger.lose_records()
    Record.remove_all(run.vault)
    return [f"{_WITH_IT} What is published stays so."] if lost else []


def _facets_alone(run: RunFolder, *, own_words: bool) -> Callable[[Judgement, str], bool]:
    """Whether an answer holds facets in their closed form and nothing else: other words may quote a conversation."""
    try:
        config = read_config(run.run_toml)
        extractor = JudgedExtractor(config, Prompts(run.secret(), prompt_files(config)))
    except ClioscopeError:
        return lambda judgement, text: judgement not in ("extract", "audit")

    def usable(judgement: Judgement, text: str) -> bool:
        if judgement == "extract":
            return extractor.is_facets(text)
        return judgement != "audit" or not own_words

    return usable


def answer_folders(run: RunFolder) -> list[Path]:
    """The folders that hold this run's requests, or answers to them."""
    mark = run.vault / "batches.mark"
    held = mark.read_text(encoding="ascii").strip() if mark.exists() else None
    outside = [folder for folder in Retention(run.vault).folders() if held and _claimed(folder) == held]
    return [run.vault / "batches", run.vault / "recorded", *outside]


def folders_named(config: Config) -> list[Path]:
    """The folders that a configuration has requests written to."""
    models = [parse_model(text) for text in config.models.values()]
    return [Path(model.folder) for model in models if model.provider == FILE]


def _claimed(folder: Path) -> str:
    mark = folder / ".clioscope-run"
    return mark.read_text("utf-8", "replace").strip() if mark.is_file() else ""


def _remove_request_files(run: RunFolder) -> list[str]:
    """Remove the requests that were written for others to answer; say what is left of others."""
    left = []
    for folder in answer_folders(run):
        for path in folder.glob("*.requests.jsonl"):
            path.unlink()
        others = len(list(folder.glob("*.jsonl")))
        if others and run.vault not in folder.parents:
            files = "1 file" if others == 1 else f"{others:,} files"
            left.append(f"{folder} still holds {files} of answers that were put there: delete what is not needed.")
    return left
