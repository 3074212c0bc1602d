"""Texts before the auditor: a sample of what models wrote about conversations, and all that is to be published.

What is to be published is scored by the local auditor in any case, and before it by a model where one audits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from clioscope.models.judge import Work, owned
from clioscope.naming import Titled
from clioscope.pipeline.context import Context, Found
from clioscope.pipeline.judged import judged, read_rows, read_titles, write_rows
from clioscope.pipeline.population import Population
from clioscope.pipeline.sampling import context_texts
from clioscope.privacy.auditor import Audited, Auditor
from clioscope.privacy.local_auditor import LocalAuditor
from clioscope.prompting import Prompts
from clioscope.prompting.schema import short_name
from clioscope.vault.stages import digest

_AT_ONCE = 256
"""Texts that are scored without a model before the next sign of progress."""

_NAME, _DESCRIPTION = "the name of a group of conversations", "the description of a group of conversations"


def audit_texts(context: Context, asked: Found, people: Population, prompts: Prompts) -> Found | None:
    """Score a sample of the facet texts before they are shown to the model that names. ``None``: nobody audits."""
    judges, config = context.judges, context.config
    if judges is None or not judges.has("audit") or not config.audit_sample:
        return None
    inputs = {
        "the facet texts": asked["texts"][context.home.facet],
        "the model": config.models["audit"],
        "the prompts": prompts.version(*Auditor.PROMPTS),
        "the sample": [config.audit_sample, config.audit_below, config.seed],
    }

    def make() -> Found:
        auditor = Auditor(prompts, config.audit_below)
        count = min(config.audit_sample, len(people.rows))
        items = np.sort(np.random.default_rng(config.seed).permutation(len(people.rows))[:count]).astype(np.int64)
        kind = (
            "a short summary of one conversation" if judges.has("extract") else "the beginning of what a person wrote"
        )
        texts = context_texts(context, items)
        whose = _owners(context, people.rows[items])

        def audit(text: str, owner: str) -> Work[Audited]:
            return owned(auditor.audit(text, kind), owner)

        works = [partial(audit, text, owner) for text, owner in zip(texts, whose, strict=True)]
        found = judged(context, "audit", "Auditing texts", works)
        rows = {int(item): audited._asdict() for item, audited in zip(items, found, strict=True)}
        write_rows(context, "audited_texts.json", rows)
        return {"digest": digest(rows), **_counted(found)}

    return context.stage(context.name("Auditing texts"), inputs, make)


def _owners(context: Context, rows: NDArray[np.int64]) -> list[str]:
    """Whose the conversations ``rows`` are, as the vault's hashes in hexadecimal; empty where unknown."""
    hashes = [user for table in context.folder.conversations.read(["user"]) for user in table["user"].to_pylist()]
    return ["" if hashes[row] is None else hashes[row].hex() for row in rows.tolist()]


def audited_texts(context: Context) -> dict[int, str | None]:
    """The facet texts that the auditor changed or withheld, by item."""
    if texts_key(context) is None:
        return {}
    rows = read_rows(context, "audited_texts.json")
    return {int(item): row["text"] for item, row in rows.items() if row["text"] is None or row["rewritten"]}


def texts_key(context: Context) -> str | None:
    """A hash of what the auditor said of the facet texts; ``None`` where nobody audits them."""
    judges = context.judges
    if judges is None or not judges.has("audit") or not context.config.audit_sample:
        return None
    found: str | None = context.folder.stages.found(context.name("Auditing texts")).get("digest")
    return found


def audit_titles(context: Context, prompts: Prompts) -> Found:
    """Score every name and description of every level."""
    inputs = {
        "the hierarchy": context.key("Arranging"),
        "the auditors": auditors_of(context),
        "the prompts": prompts.version(*Auditor.PROMPTS) if _by_model(context) else None,
        "the threshold": context.config.audit_below,
    }

    def make() -> Found:
        levels = read_titles(context, "tree_titles.json")
        found = _audited_titles(context, [title for level in levels for title in level if title is not None], prompts)
        audited = iter(found)
        rows = [
            [None if title is None else [next(audited)._asdict(), next(audited)._asdict()] for title in level]
            for level in levels
        ]
        write_rows(context, "audited_titles.json", rows)
        return _counted(found)

    return context.stage(context.name("Auditing"), inputs, make)


def _audited_titles(context: Context, titles: Sequence[Titled], prompts: Prompts) -> list[Audited]:
    """The name and the description of each title, in turn."""
    if not _by_model(context):
        return audited_locally(context, "Auditing", [text for title in titles for text in title])
    auditor = Auditor(prompts, context.config.audit_below)
    texts: list[tuple[str, str, Callable[[str], str]]] = [
        of for title in titles for of in ((title.name, _NAME, short_name), (title.description, _DESCRIPTION, str))
    ]
    by_model = judged(context, "audit", "Auditing", [partial(auditor.audit, *of) for of in texts])
    found = _also_locally(context, "Auditing", by_model)
    # What the model let pass as it was and the local auditor did not is written again too, once.
    refused = [
        i
        for i, first in enumerate(by_model)
        if first.text is not None and not first.rewritten and found[i].text is None
    ]
    if refused:
        works = [partial(auditor.rewrite, *texts[i][:2], found[i], texts[i][2]) for i in refused]
        for i, again in zip(refused, audited_by_both(context, "Auditing mended", works), strict=True):
            found[i] = again._replace(score=found[i].score, reason=found[i].reason)
    return found


def audited_by_both(context: Context, title: str, works: Sequence[Callable[[], Work[Audited]]]) -> list[Audited]:
    """What a model says, and of what it let pass what the local auditor says where that withholds it."""
    return _also_locally(context, title, judged(context, "audit", title, works))


def _also_locally(context: Context, title: str, by_model: Sequence[Audited]) -> list[Audited]:
    by_local = audited_locally(context, f"{title} locally", [audited.text or "" for audited in by_model])
    return [
        first if first.text is None or second.text is not None else second
        for first, second in zip(by_model, by_local, strict=True)
    ]


def audited_locally(context: Context, title: str, texts: Sequence[str]) -> list[Audited]:
    """Score texts without a model. What scores too low is withheld, and not written again."""
    auditor, found = LocalAuditor(context.embedder), list[Audited]()
    with context.progress.stage(title, len(texts), "texts") as work:
        for start in range(0, len(texts), _AT_ONCE):
            some = texts[start : start + _AT_ONCE]
            found += auditor.audit(some, context.config.audit_below)
            work.advance(len(some))
    return found


def _by_model(context: Context) -> bool:
    return context.judges is not None and context.judges.has("audit")


def auditors_of(context: Context) -> list[str]:
    """Who audits what is to be published: the local auditor by its version, and a model by its name."""
    by_model = [context.config.models["audit"]] if _by_model(context) else []
    return [LocalAuditor(context.embedder).name_and_version, *by_model]


def passed_titles(context: Context) -> list[list[Titled | None]]:
    """Names and descriptions as they may be published. A cluster whose name is withheld has neither."""
    rows = read_rows(context, "audited_titles.json")
    return [[None if row is None else _passed(*row) for row in level] for level in rows]


def _passed(name: dict[str, str | None], description: dict[str, str | None]) -> Titled | None:
    if name["text"] is None:
        return None
    return Titled(name["text"], description["text"] or "")


def _counted(found: Sequence[Audited]) -> Found:
    return {
        "audited": len(found),
        "rewritten": sum(audited.rewritten for audited in found),
        "withheld": sum(audited.text is None for audited in found),
        "scores": {str(score): sum(a.score == score for a in found) for score in range(6)},
    }
