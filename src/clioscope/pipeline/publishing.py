"""Publishing: an atlas is audited beside what is out already, made by the gate, and entered in the ledger."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from clioscope.atlas import Atlas, Release, digest_of, write_release
from clioscope.config import FLOOR, Config, is_publishable, read_config
from clioscope.embeddings import Embedder
from clioscope.errors import RunError
from clioscope.pipeline import counted_people, grouping, releasing
from clioscope.pipeline.beside import LIST, Beside, SharedList, beside, list_of
from clioscope.pipeline.context import Context
from clioscope.pipeline.importing import import_from
from clioscope.pipeline.keeping import now
from clioscope.pipeline.population import population
from clioscope.pipeline.withdrawing import copy_of
from clioscope.privacy.limits import cell_limits
from clioscope.privacy.releases import Joint, NotApartError
from clioscope.progress import Progress
from clioscope.vault import RunFolder, user_codes
from clioscope.vault.lock import WORKING
from clioscope.vault.publications import Publication, Publications, Record
from clioscope.vault.retention import Retention

COUNTS, NOISE = "counts", "noise"


@dataclass
class Prepared:
    """A release that may be published: audited, made, and not yet entered.

    Parameters
    ----------
    row
        What the ledger will say.
    folder
        Where it lies meanwhile.
    sentences
        What its owner should know before it is published.
    record
        Rows and arrays for the audits of later ones; ``None`` where there are none.
    imported
        Publications of other runs that are entered with it.
    """

    row: Publication
    folder: Path
    sentences: list[str]
    record: tuple[pa.Table, dict[str, Any]] | None
    imported: Sequence[Publication] = ()


@contextmanager
def prepared(
    run: RunFolder,
    embedder: Embedder,
    progress: Progress,
    after: Sequence[RunFolder] = (),
    *,
    despite_noise: bool = False,
) -> Iterator[Prepared]:
    """Audit the atlas of a run beside what is out, and make what would be published. The caller holds the run's lock.

    Parameters
    ----------
    after
        Other runs over the same conversations, whose publications count as this run's from then on. Those that lie in
        the same folder are found.
    despite_noise
        Whether counts may be published of what was published with noise.

    Raises
    ------
    RunError
        It may not be published; the sentence says why, and what helps.
    """
    config = read_config(run.run_toml)
    context = Context(config, run, progress, embedder, run.hierarchy(config.cluster_by[0], main=True))
    atlas = _checked(context)
    ledger = Publications(run.vault)
    ledger.refuse_lost()
    ledger.begin()
    with list_of(run) as shared:
        others = beside(run, shared)
        named = {one.path.resolve() for one in after}
        after = [*after, *(RunFolder.existing(path) for path in others.counted if path.resolve() not in named)]
        for one in (ledger, *(Publications(other.vault) for other in after)):
            _refuse_few_erasures(one, config)
        said = [*others.sentences, *_beside_noise(config, ledger, others, after, despite=despite_noise)]
        with tempfile.TemporaryDirectory(dir=run.vault, prefix=f"{WORKING}publishing-") as folder:
            ready = _prepare(context, atlas, ledger, after, Path(folder) / "atlas")
            ready.sentences[:0] = said
            yield ready


def _beside_noise(
    config: Config, ledger: Publications, others: Beside, after: Sequence[RunFolder], *, despite: bool
) -> list[str]:
    """What counts and noise do to each other, in sentences.

    Raises
    ------
    RunError
        Counts would be published of what was published with noise, and nobody said that this is meant.
    """
    noisy = [f"publication {row.number}" for row in ledger if row.kind == NOISE] + others.noisy
    if config.epsilon is not None:
        counted = bool(after) or any(row.kind == COUNTS for row in ledger)
        said = ["Counts of these conversations are out already: noise takes nothing back of what they tell."]
        more = [f"Also with noise: {', '.join(others.noisy)}. What it and this tell adds up, and no budget counts it."]
        return (said if counted else []) + (more if others.noisy else [])
    if not noisy:
        return []
    told = f"Out with noise (--epsilon), of these conversations: {', '.join(noisy)}."
    if not despite:
        raise RunError(
            f"Not published. {told} Counts beside it are not covered by noise, so that what epsilon promises to every "
            "user would no longer hold for whoever has both. Release with --epsilon again, or give --despite-noise if "
            "the minimums of this profile are all that is to hold from now on."
        )
    return [f"{told} With these counts beside it, epsilon promises nothing any more; the minimums hold."]


def publish(run: RunFolder, ready: Prepared, to: Path | None = None) -> Publication:
    """Enter a release in the ledger, and write its copy. Cut short before the ledger, it was never published."""
    number = ready.row.number
    place = copy_of(run, number)
    place.parent.mkdir(exist_ok=True)
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(ready.folder, place)
    if ready.record is not None:
        Record(run.vault, number).write(*ready.record)
    Publications(run.vault).enter(*ready.imported, ready.row)
    SharedList(run.path.absolute().parent / LIST).enter(run.path.absolute(), [ready.row])
    if to is not None:
        hand_out(run, number, to)
    return Publications(run.vault).number(number)


def hand_out(run: RunFolder, number: int, to: Path) -> None:
    """Copy a publication to a folder of the owner's choice. Where it goes is noted before the first file is written.

    Raises
    ------
    RunError
        There is something in the folder, it is inside the vault, or the publication is withdrawn or damaged.
    """
    ledger = Publications(run.vault)
    row = ledger.number(number)
    refuse_place(run, to)
    place = copy_of(run, number)
    if row.status != "published" or not place.is_dir():
        why = f" ({row.why})" if row.why else ""
        raise RunError(f"Publication {number} is {row.status}{why}, so that there is nothing to hand out.")
    if digest_of(place) != row.hash:
        raise RunError(f"{place} is not what was published as number {number}: it was changed or is damaged.")
    ledger.change(number, copies=tuple(dict.fromkeys([*row.copies, str(to.absolute())])))
    shutil.copytree(place, to, dirs_exist_ok=True)


def refuse_place(run: RunFolder, to: Path) -> None:
    """Refuse a folder that is not empty, or that lies in the run."""
    if run.path.absolute().resolve() in (to.absolute().resolve(), *to.absolute().resolve().parents):
        raise RunError(f"--to {to} is inside the run, whose vault is private. Choose a folder outside of it.")
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise RunError(f"--to {to} is there already and is not an empty folder. Choose another.")


def _checked(context: Context) -> Atlas:
    run = context.folder
    if not run.stages.is_done(context.name("Releasing")):
        raise RunError(f"{run.path} has no finished atlas. Give the `clioscope run` command of this run again.")
    if not releasing.is_there(context):
        raise RunError(
            f"{run.atlas} is missing or is not what was released: it was changed. Give the `clioscope run` command of "
            "this run again, which writes it anew."
        )
    atlas = Atlas.open(run.atlas)
    weak = context.config.epsilon is None and not is_publishable(context.config.thresholds)
    if weak or not atlas.for_publishing:
        asked = context.config.thresholds.in_words(users_known=atlas.users is not None)
        raise RunError(
            f"{run.atlas} was made with --profile {atlas.about['profile']}, and its figures stand on {asked}: it "
            f"is not for publishing, which needs {FLOOR.users} and {FLOOR.conversations}, rounded figures, and nobody "
            "with more than a fifth of one. Run again with the minimums of another profile."
        )
    return atlas


def published_as(run: RunFolder) -> Publication | None:
    """The publication that the run's atlas is already, where it is one that is not withdrawn."""
    digest = digest_of(run.atlas)
    return next((row for row in Publications(run.vault) if row.atlas == digest and row.status == "published"), None)


def _refuse_few_erasures(ledger: Publications, config: Config) -> None:
    k = max([config.thresholds.users, *(int(row.thresholds["users"]) for row in ledger if row.kind == COUNTS)])
    if 0 < ledger.erased_since < k:
        gone = "1 user" if ledger.erased_since == 1 else f"{ledger.erased_since} users"
        raise RunError(
            f"{gone} of earlier publications {'was' if ledger.erased_since == 1 else 'were'} forgotten since the last "
            f"one. What a new one lacks would tell of so few, so that nothing is published until it is {k} users."
        )


def _prepare(
    context: Context, atlas: Atlas, ledger: Publications, after: Sequence[RunFolder], folder: Path
) -> Prepared:
    run, config = context.folder, context.config
    row = _row(context, atlas, ledger)
    if config.epsilon is not None:
        shutil.copytree(atlas.path, folder)
        said = "Made with noise: what all such releases tell together is counted by the run's budget, and not compared."
        return Prepared(row._replace(recorded=False, kind=NOISE), folder, [said], None)
    out = [known for known in ledger if known.kind == COUNTS]
    if "facets" in Retention(run.vault).gone():
        if out or after:
            raise RunError(_LOST.format(run=run.path, what="what single conversations were counted in"))
        shutil.copytree(atlas.path, folder)
        said = (
            "Nothing is left in the vault to compare a further publication with, so that this is the only one that "
            "this run can publish."
        )
        return Prepared(row._replace(recorded=False), folder, [said], None)
    if lost := [known.number for known in out if not known.recorded]:
        what = f"what publication {' and '.join(map(str, lost))} was made of"
        raise RunError(_LOST.format(run=run.path, what=what))
    imported = import_from(run, ledger, after)
    row = row._replace(number=row.number + len(imported))
    joint, release, record = _audited(context, atlas, [*out, *imported])
    write_release(folder, release)
    row = row._replace(hash=digest_of(folder))
    return Prepared(row, folder, _sentences(joint), record, imported)


_LOST = (
    "A further publication has to be compared with what is out, and {what} was removed from the vault of {run}. What "
    "helps: publish no more of this run; begin another one, in a folder of its own, on conversations that no "
    "publication counted (--since); or release with --epsilon, whose budget needs no comparison."
)


def _audited(
    context: Context, atlas: Atlas, out: Sequence[Publication]
) -> tuple[Joint, Release, tuple[pa.Table, dict[str, Any]]]:
    run, config = context.folder, context.config
    groups = grouping.groups(context)
    people = population(context, user_codes(run.conversations))
    with context.progress.stage("Comparing with what is out", 1 + len(out), "releases") as work:
        if releasing.digest_of_release(releasing.released(context, groups, people)) != digest_of(atlas.path):
            raise RunError(
                f"{atlas.path} is not what the gate lets out of this vault. Give the `clioscope run` command of this "
                "run again, which makes it anew."
            )
        keys, users = counted_people.keys_and_users(run)
        rows = people.rows.tolist()
        mine, whose = [keys[r] for r in rows], [users[r] for r in rows]
        numbering = counted_people.Numbering()
        conversations = numbering.add(mine, whose)
        earlier = []
        for one in out:
            record = Record(run.vault, one.number)
            name = f"publication {one.number}"
            earlier.append(
                counted_people.earlier_of(name, record.rows(), record.arrays(), numbering, erased=one.erased)
            )
            work.advance(1)
        joint = Joint(earlier, numbering.people(people.users is not None), conversations)
        try:
            release = releasing.released(context, groups, people, joint)
        except NotApartError as error:
            raise RunError(_refused(error, run)) from None
        work.advance(1)
    limits = cell_limits(config.thresholds)
    private = releasing.private_of(context, groups, people)
    table = counted_people.rows_of_record(mine, whose, groups.labels, private.attributes, joint.bins)
    arrays = counted_people.arrays_of_record(joint.decided, private.attributes, limits, people.users is not None)
    return joint, release, (table, arrays)


def _refused(error: NotApartError, run: RunFolder) -> str:
    return (
        f"Not published: {error.failed:,} of {error.of:,} figures would, subtracted from those that are out, tell of "
        "too few people, and they are clusters' own totals, which cannot be withheld. What helps: keep the clusters "
        f"that were published (the `clioscope run` command of {run.path} with --like-published), "
        "wait for more conversations, or release with --epsilon."
    )


def _row(context: Context, atlas: Atlas, ledger: Publications) -> Publication:
    digest, thresholds = digest_of(atlas.path), context.config.thresholds
    return Publication(
        number=ledger.next,
        date=now().isoformat(timespec="seconds"),
        hash=digest,
        atlas=digest,
        profile=context.config.profile,
        thresholds=thresholds._asdict(),
        kind=COUNTS,
        conversations=atlas.conversations,
        users=atlas.users,
        source=tuple(context.config.source),
    )


def _sentences(joint: Joint) -> list[str]:
    if not joint.earlier:
        return [f"It is the first publication, of {joint.figures:,} figures: there is nothing to compare it with."]
    earlier = "1 publication" if len(joint.earlier) == 1 else f"{len(joint.earlier)} publications"
    compared = (
        f"Compared with {earlier}: of {joint.figures:,} figures {joint.carried:,} repeat one that is out, since too "
        f"few people came or went, and {joint.withheld:,} more are withheld."
    )
    said = [compared]
    if any(one.erased for one in joint.earlier):
        said.append("Users of earlier ones were forgotten; no figure differs from an earlier one by them alone.")
    return said
