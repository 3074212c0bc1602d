"""Auditing a run: attack after attack, on a copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from clioscope.atlas import digest_of
from clioscope.attacks import planted, static
from clioscope.attacks.finding import Finding, Verdict
from clioscope.config import Config, Judgement, read_config
from clioscope.errors import ClioscopeError, ConfigError, RunError
from clioscope.models.judges import Calls
from clioscope.progress import Progress, Silent
from clioscope.vault import RunFolder, run_lock
from clioscope.vault.files import private_folder
from clioscope.vault.journal import Journal
from clioscope.vault.lock import WORKING
from clioscope.vault.publications import Publications
from clioscope.vault.retention import Retention
from clioscope.vault.sealing import sealed_vault

AUDITS = "audits"
"""The folder of a run that reports are written to."""

_PURGED = (
    "The vault no longer holds the conversations: they were purged, and this attack needs them to plant something. Run "
    "again from the source to try it."
)


@dataclass(frozen=True)
class Audit:
    """What came of auditing a run.

    Parameters
    ----------
    run
        The name of its folder.
    atlases
        Of each atlas the name of its folder and a hash of its files, which says what was audited.
    made
        When, in UTC.
    seed
        What was drawn at random came from it.
    findings
        One an attack, in the order in which they were tried.
    failed
        The attacks that could not be made, for a reason other than a vault that holds less.
    notes
        What a reader has to know beside that, in sentences.
    """

    run: str
    atlases: dict[str, str]
    made: datetime
    seed: int
    findings: list[Finding]
    failed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """``leaked`` where any attack found a leak; ``held`` where none did and something promised was tried."""
        verdicts = {finding.verdict for finding in self.findings}
        if "leaked" in verdicts:
            return "leaked"
        if self.failed or not verdicts - {"not tried"}:
            return "not tried"
        return "held" if "held" in verdicts else "reported"


def names() -> list[str]:
    """The attacks there are, in the order in which they are tried."""
    return [*(attack.name for attack in static.ATTACKS), *(attack.name for attack in planted.ATTACKS)]


def audit(
    run: str | Path,
    *,
    attacks: Sequence[str] = (),
    seed: int = 0,
    tries: int | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """Attack a finished run, with ``local`` names, and return what was found. Nothing of the run is changed.

    Parameters
    ----------
    run
        Its folder, such as ``runs/NAME``.
    attacks
        The names of some; all where empty.
    tries
        Of each setting of an attack that plants something; ``None``: as many as the attack finds enough.

    Raises
    ------
    ClioscopeError
        There is no such run or attack, or the run is worked on.
    """
    return audited(Path(run), attacks, seed=seed, tries=tries, progress=progress or Silent()).findings


def audited(
    path: Path,
    attacks: Sequence[str] = (),
    *,
    models: Mapping[Judgement, str] | None = None,
    calls: Calls | None = None,
    seed: int = 0,
    tries: int | None = None,
    progress: Progress,
) -> Audit:
    """Attack the run at ``path``.

    Parameters
    ----------
    models, calls
        Which models the attacks that plant something may ask, and how; none where ``calls`` is ``None``.
    """
    chosen = _chosen(attacks)
    run = RunFolder.existing(path)
    made = datetime.now(UTC)
    with run_lock(run.vault), _work(run) as work:
        if Journal(run.vault).is_open():
            raise RunError(f"Deleting from {path} was cut short. `clioscope purge {path}` finishes it: then audit.")
        config = read_config(run.run_toml)
        atlases = _copied(run, config, work)
        found = [static.read_evidence(run, config, atlas) for atlas in atlases]
        findings = [
            static.together([(evidence.published.name, attack.examine(evidence, progress)) for evidence in found])
            for attack in static.ATTACKS
            if attack.name in chosen
        ]
        update: dict[str, object] = {"models": dict(models or {})} if calls else {}
        # A vault that is encrypted stays so where the run was made again without the option.
        update["encrypt"] = sealed_vault(run.vault) is not None
        tried = _planted(run, config.model_copy(update=update), calls, work, chosen, seed, tries, progress)
        failed = []
        for finding, is_failed in tried:
            findings.append(finding)
            failed += [finding.attack] if is_failed else []
        digests = {atlas.name: digest_of(atlas) for atlas in atlases}
        notes = _notes(run, config, digests)
    return Audit(path.resolve().name, digests, made, seed, findings, tuple(failed), tuple(notes))


def _chosen(attacks: Sequence[str]) -> set[str]:
    unknown = sorted(set(attacks) - set(names()))
    if unknown:
        raise ConfigError(f"There is no attack called {unknown[0]}. There are {', '.join(names())}.")
    return set(attacks) or set(names())


@contextmanager
def _work(run: RunFolder) -> Iterator[Path]:
    """A private folder for copies, which goes at the end.

    It is in the vault, since copies hold conversations: not in the folder of reports, which is meant to be shown.
    Killed, it goes with whatever takes the lock next.
    """
    work = private_folder(run.vault / f"{WORKING}audit")
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _copied(run: RunFolder, config: Config, work: Path) -> list[Path]:
    """Copies of the run's atlases, the main one first."""
    folders = [run.atlas, *(run.path / f"atlas-{facet}" for facet in config.cluster_by[1:])]
    missing = [folder for folder in folders if not (folder / "atlas.json").is_file()]
    if missing:
        raise RunError(f"There is no atlas at {missing[0]}. Give the `clioscope run` command of this run again.")
    return [shutil.copytree(folder, work / "atlases" / folder.name) for folder in folders]


def _planted(
    run: RunFolder,
    config: Config,
    calls: Calls | None,
    work: Path,
    chosen: set[str],
    seed: int,
    tries: int | None,
    progress: Progress,
) -> Iterator[tuple[Finding, bool]]:
    """Try the attacks that plant something. Each finding, and whether the attack failed."""
    attacks = [attack for attack in planted.ATTACKS if attack.name in chosen]
    if not attacks:
        return
    if {"raw", "texts", "facets"} & Retention(run.vault).gone().keys():
        yield from ((Finding(attack.name, "", "not tried", _PURGED), False) for attack in attacks)
        return
    setup = planted.setup(run, config, calls, private_folder(work / "planted"), seed, tries)
    for attack in attacks:
        try:
            yield attack.run(setup, progress), False
        except ClioscopeError as error:
            yield Finding(attack.name, "", "not tried", str(error)), True


def _notes(run: RunFolder, config: Config, digests: dict[str, str]) -> Iterator[str]:
    """What is not as the run left it, and what is out that was not attacked."""
    for facet, (name, digest) in zip(config.cluster_by, digests.items(), strict=True):
        stage = "Releasing" if facet == config.cluster_by[0] else f"Releasing ({facet})"
        if run.stages.found(stage).get("digest") != digest:
            yield f"{name} is not as the run wrote it: it was changed, or the run has gone on since."
    try:
        out = [row for row in Publications(run.vault) if row.status == "published"]
    except RunError:
        yield "The ledger of publications cannot be read, so that nobody can tell what is out beside what was audited."
        return
    others = [row.number for row in out if row.hash not in digests.values()]
    if others:
        which, are = ("Publication", "is") if len(others) == 1 else ("Publications", "are")
        yield (
            f"{which} {' and '.join(map(str, others))} {are} out, not attacked here, and not this atlas: the run has "
            "gone on since, or figures were repeated or withheld beside earlier publications."
        )
