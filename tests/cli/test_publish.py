"""Publishing: what is out counts, and what is taken back is taken back."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import clioscope
from clioscope.api import remake
from clioscope.pipeline.forgetting import forget
from clioscope.vault import RunFolder, run_lock
from clioscope.vault.master_key import new_key
from clioscope.vault.publications import Publications, Record
from tests.conftest import Cli, bytes_of, conversations, write_jsonl
from tests.processes import Servers
from tests.vault.helpers import everything_in, killed_at


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of 500 conversations that is published as number 1; and ``before``, as it was before that."""
    folder = tmp_path_factory.mktemp("published")
    source = write_jsonl(folder / "conversations.jsonl", conversations(500))
    clioscope.run(source, folder / "run")
    shutil.copytree(folder / "run", folder / "before" / "run")
    publish(folder / "run")
    return folder


@pytest.fixture
def unpublished(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published / "before" / "run", tmp_path / "run"))


@pytest.fixture
def second(published: Path, out: Path) -> Path:
    """Beside :func:`out` another run over the same conversations, which published nothing."""
    return Path(shutil.copytree(published / "before" / "run", out.with_name("second")))


@pytest.fixture
def out(published: Path, tmp_path: Path) -> Path:
    shutil.copytree(published / "run", tmp_path / "run")
    return tmp_path / "run"


def publish(run: Path) -> None:
    from clioscope.embeddings import MiniLMEmbedder
    from clioscope.pipeline.publishing import prepared
    from clioscope.pipeline.publishing import publish as enter
    from clioscope.progress import Silent

    folder = RunFolder.existing(run)
    with run_lock(folder.vault), prepared(folder, MiniLMEmbedder(), Silent()) as ready:
        enter(folder, ready)


def forget_users(run: Path, *users: str) -> list[str]:
    folder = RunFolder.existing(run)
    with run_lock(folder.vault):
        return [sentence for user in users for sentence in forget(folder, user).sentences]


def grow(published: Path, run: Path, **options: object) -> None:
    source = published / "conversations.jsonl"
    before = source.read_bytes()
    try:
        write_jsonl(source, conversations(620))
        clioscope.run(source, run, **options)
    finally:
        source.write_bytes(before)


def test_the_first_publication_is_the_atlas_byte_for_byte(unpublished: Path, tmp_path: Path, cli: Cli) -> None:
    run = unpublished
    told = cli("publish", run, "--yes", "--to", tmp_path / "handed").stdout
    assert "It is the first publication" in told
    assert "Published as number 1" in told
    assert bytes_of(run / "publications" / "1") == bytes_of(run / "atlas") == bytes_of(tmp_path / "handed")
    assert "This atlas is publication 1 already" in cli("publish", run, "--to", tmp_path / "again").stdout
    assert bytes_of(tmp_path / "again") == bytes_of(run / "atlas")
    listed = cli("publish", run, "--list").stdout
    assert listed.startswith("1  20")
    assert str(tmp_path / "handed") in listed
    assert "Publications" in cli("info", run).stdout
    assert json.loads(cli("info", run, "--json").stdout)["publications"][0]["status"] == "published"


def test_nothing_is_published_unasked(unpublished: Path, cli: Cli) -> None:
    run = unpublished
    assert "add --yes" in cli("publish", run, code=1).stderr
    assert len(Publications(run / "vault")) == 0
    assert not (run / "publications").exists()
    assert "Nothing of this run was published" in cli("publish", run, "--list").stdout


def test_what_is_not_for_publishing_is_refused(tmp_path: Path, cli: Cli) -> None:
    clioscope.run(conversations(60, users=1), tmp_path / "own", profile="personal")
    assert "is not for publishing" in cli("publish", tmp_path / "own", "--yes", code=1).stderr
    assert "is not a run of Clioscope" in cli("publish", tmp_path, code=1).stderr


@pytest.mark.parametrize(
    ("options", "is_allowed"),
    [
        ({"min_users": 1, "min_conversations": 1}, False),
        ({"min_users": 4}, False),
        ({"min_conversations": 14}, False),
        ({"profile": "personal", "min_users": 10, "min_conversations": 15}, False),  # figures are exact
        ({"min_users": 5, "min_conversations": 15}, True),
    ],
)
def test_what_stands_on_too_few_is_not_for_publishing_whatever_its_profile_is_called(
    options: dict[str, Any], is_allowed: bool, tmp_path: Path, cli: Cli
) -> None:
    run = tmp_path / "run"
    atlas = clioscope.run(conversations(300), run, **options)
    assert atlas.for_publishing is is_allowed
    if not is_allowed:
        said = cli("publish", run, "--yes", code=1).stderr
        assert "is not for publishing, which needs 5 and 15" in said
        assert ("stand on 1 user and 1 conversation:" in said) == (options.get("min_conversations") == 1)
        assert len(Publications(run / "vault")) == 0


def test_an_atlas_that_was_changed_is_refused(unpublished: Path, cli: Cli) -> None:
    run = unpublished
    (run / "atlas" / "atlas.json").write_text((run / "atlas" / "atlas.json").read_text() + " ")
    assert "was changed" in cli("publish", run, "--yes", code=1).stderr


def test_places_that_are_private_or_taken_are_refused(out: Path, tmp_path: Path, cli: Cli) -> None:
    assert "is inside the run" in cli("publish", out, "--yes", "--to", out / "vault" / "x", code=1).stderr
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    assert "not an empty folder" in cli("publish", out, "--yes", "--to", tmp_path / "full", code=1).stderr


def test_a_further_publication_repeats_what_too_few_changed(published: Path, out: Path, cli: Cli) -> None:
    grow(published, out, like_published=True)
    told = cli("publish", out, "--yes").stdout
    assert "Compared with 1 publication" in told
    assert "Published as number 2" in told
    privacy = json.loads((out / "publications" / "2" / "privacy.json").read_text())
    assert privacy["published_before"] == 1
    assert privacy["figures_repeated_from_earlier_releases"] > 0
    copy = out.parent / "elsewhere" / "copy"
    shutil.copytree(out, copy)
    shutil.rmtree(copy / "publications" / "2")
    ledger = json.loads((copy / "vault" / "publications.json").read_text())
    ledger["publications"].pop()
    (copy / "vault" / "publications.json").write_text(json.dumps(ledger))
    publish(copy)
    assert bytes_of(copy / "publications") == bytes_of(out / "publications")


def test_an_audit_says_which_publications_are_out_and_were_not_attacked(published: Path, out: Path, cli: Cli) -> None:
    audit = ("audit", out, "--attack", "coarseness")
    assert "not attacked here" not in cli(*audit).stdout
    grow(published, out, like_published=True)
    assert "Publication 1 is out, not attacked here" in " ".join(cli(*audit).stdout.split())
    cli("publish", out, "--yes")
    told = " ".join(cli(*audit).stdout.split())
    assert "Publications 1 and 2 are out, not attacked here, and not this atlas" in told
    report = max((out / "audits").glob("*/audit.json"))
    assert "Publications 1 and 2 are out" in " ".join(json.loads(report.read_text())["notes"])
    cli("publish", out, "--withdraw", "1")
    assert "Publication 2 is out" in " ".join(cli(*audit).stdout.split())
    (out / "vault" / "publications.json").write_text("{")
    assert "The ledger of publications cannot be read" in " ".join(cli(*audit).stdout.split())


def test_the_same_clusters_stay_where_they_are_kept(published: Path, out: Path) -> None:
    grow(published, out, like_published=True)
    before = pq.read_table(published / "run" / "atlas" / "clusters.parquet")
    after = pq.read_table(out / "atlas" / "clusters.parquet")
    assert before["level"].to_pylist() == after["level"].to_pylist()


def test_like_published_needs_a_publication(tmp_path: Path) -> None:
    with pytest.raises(clioscope.ClioscopeError, match=r"nothing of .* was published yet"):
        clioscope.run(conversations(300), tmp_path / "run", like_published=True)
    with pytest.raises(clioscope.ClioscopeError, match="would make others"):
        clioscope.run(conversations(300), tmp_path / "other", like_published=True, clusters=4)


def test_forgetting_withdraws_and_nothing_is_published_until_enough_are_forgotten(
    out: Path, tmp_path: Path, cli: Cli
) -> None:
    told = cli("forget", out, "--user", "user-3").stdout
    assert "Publication 1 counted this user and is withdrawn" in told
    assert "cannot be called back" in told
    assert not (out / "publications" / "1").exists()
    assert "withdrawn (a user who is in it was forgotten)" in cli("publish", out, "--list").stdout
    assert "1 user of earlier publications was forgotten" in cli("publish", out, "--yes", code=1).stderr
    told_later = forget_users(out, *(f"user-{n}" for n in range(10, 18)))
    assert not any("is withdrawn" in sentence for sentence in told_later)
    assert forget_users(out, "user-3", "nobody") == []
    assert Publications(out / "vault").erased_since == 9
    forget_users(out, "user-20")
    remake(out)
    publish(out)
    assert Publications(out / "vault").number(2).status == "published"
    assert Publications(out / "vault").erased_since == 0
    assert "counted" not in (out / "vault" / "publications.json").read_text().replace('"counted": ""', "")


@pytest.mark.slow
def test_forgetting_that_was_killed_counts_a_user_once(out: Path, tmp_path: Path, cli: Cli, servers: Servers) -> None:
    killed = 0
    for step in range(0, 60, 6):
        copy = tmp_path / f"killed-{step}"
        shutil.copytree(out, copy)
        if not killed_at(servers, step, copy, "forget", str(copy), "--user", "user-3"):
            break
        killed += 1
        cli("purge", copy)
        cli("forget", copy, "--user", "user-3")
        ledger = Publications(copy / "vault")
        assert (ledger.erased_since, ledger.number(1).status) == (1, "withdrawn"), step
        shutil.rmtree(copy)
    assert killed > 2


def test_withdrawing_removes_the_copy_and_stays_in_the_audit(out: Path, cli: Cli) -> None:
    told = cli("publish", out, "--withdraw", "1").stdout
    assert "Publication 1 is withdrawn" in told
    assert not (out / "publications" / "1").exists()
    assert "withdrawn already" in cli("publish", out, "--withdraw", "1").stdout
    assert "There is no publication 7" in cli("publish", out, "--withdraw", "7", code=1).stderr
    assert "Compared with 1 publication" in cli("publish", out, "--yes").stdout


@pytest.mark.parametrize("what", ["--facets", "--all"])
def test_without_what_it_was_made_of_no_further_one_is_published(what: str, out: Path, cli: Cli) -> None:
    told = cli("purge", out, "--now", what).stdout
    assert "will refuse one of this run" in told
    assert not (out / "vault" / "published").exists()
    assert "already" in cli("publish", out, "--yes").stdout
    cli("publish", out, "--withdraw", "1")
    assert "was removed from the vault" in cli("publish", out, "--yes", code=1).stderr


def test_one_that_kept_nothing_can_publish_once(tmp_path: Path, cli: Cli) -> None:
    source = write_jsonl(tmp_path / "c.jsonl", conversations(300))
    clioscope.run(source, tmp_path / "run", keep="nothing")
    assert "the only one that this run can publish" in cli("publish", tmp_path / "run", "--yes").stdout
    clioscope.run(source, tmp_path / "run", keep="all", clusters=4)
    assert "was removed from the vault" in cli("publish", tmp_path / "run", "--yes", code=1).stderr


def test_a_run_that_keeps_facets_alone_can_publish_further(published: Path, out: Path) -> None:
    grow(published, out, like_published=True, keep="facets")
    publish(out)
    assert Publications(out / "vault").numbers() == [1, 2]


def test_publications_of_another_run_count_where_they_are_named(published: Path, tmp_path: Path, cli: Cli) -> None:
    other = tmp_path / "other"
    source = write_jsonl(tmp_path / "more.jsonl", conversations(503))
    clioscope.run(source, other)
    told = cli("publish", other, "--yes", "--after", published / "run", code=0)
    assert "Compared with 1 publication" in told.stdout
    assert [row.status for row in Publications(other / "vault")] == ["elsewhere", "published"]
    third = tmp_path / "third"
    clioscope.run(source, third, clusters=4)
    fourth = tmp_path / "fourth"
    clioscope.run(source, fourth, clusters=5)
    assert "nothing of that run was published" in cli("publish", third, "--yes", "--after", fourth, code=1).stderr


def test_the_record_is_sealed_in_an_encrypted_vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("cryptography")
    monkeypatch.setenv("CLIOSCOPE_KEY", new_key())
    source = write_jsonl(tmp_path / "c.jsonl", conversations(300))
    clioscope.run(source, tmp_path / "run", encrypt=True)
    publish(tmp_path / "run")
    vault = tmp_path / "run" / "vault"
    everything = everything_in(vault / "published")
    assert "language" not in everything
    assert (vault / "published" / "1" / "cells.npz").read_bytes().startswith(b"clioscope sealed")
    schema = pq.read_schema(vault / "published" / "1" / "part-00000.parquet")
    assert all(field.name == "user" or str(field.type) == "binary" for field in schema)
    assert Record(vault, 1).rows().num_rows == 300
    forget_users(tmp_path / "run", "user-3")
    assert Record(vault, 1).rows().num_rows < 300


def test_a_run_beside_it_that_published_the_same_conversations_is_compared(
    out: Path, published: Path, tmp_path: Path, cli: Cli
) -> None:
    source = write_jsonl(tmp_path / "moved and grown.jsonl", conversations(503))
    grown = tmp_path / "grown"
    clioscope.run(source, grown)
    told = cli("publish", grown, "--yes", code=0)
    assert f"What {out} published is compared as well: 500 of its conversations are in this run." in told.stdout
    assert "Compared with 1 publication" in told.stdout
    apart = write_jsonl(tmp_path / "apart.jsonl", [replace(c, id=f"other-{c.id}") for c in conversations(300)])
    clioscope.run(apart, tmp_path / "apart")
    assert "It is the first publication" in cli("publish", tmp_path / "apart", "--yes").stdout


def test_both_runs_know_of_each_other_and_count_nothing_twice(second: Path, out: Path, cli: Cli) -> None:
    told = cli("publish", second, "--yes").stdout
    assert "500 of its conversations are in this run" in told
    assert "It is the first publication" not in told
    assert [row.status for row in Publications(second / "vault")] == ["elsewhere", "published"]
    cli("publish", out, "--withdraw", "1")
    assert "Compared with 2 publications" in cli("publish", out, "--yes").stdout
    assert [row.status for row in Publications(out / "vault")] == ["withdrawn", "elsewhere", "published"]
    assert (out.parent / ".publications").stat().st_mode & 0o077 == 0


def test_nothing_is_published_after_few_erasures_in_a_run_beside_it(second: Path, out: Path, cli: Cli) -> None:
    forget_users(out, "user-3")
    assert "1 user of earlier publications was forgotten" in cli("publish", second, "--yes", code=1).stderr


def test_what_cannot_be_compared_any_more_is_refused_if_it_is_of_the_same_source(
    second: Path, out: Path, cli: Cli
) -> None:
    cli("purge", out, "--now", "--all")
    told = cli("publish", second, "--yes", code=1).stderr
    assert f"publication 1 of {out} is of the same source" in " ".join(told.split())
    toml = second / "run.toml"
    toml.write_text(toml.read_text().replace("conversations.jsonl", "another.jsonl"))
    assert "cannot be told any more" in " ".join(cli("publish", second, "--yes").stdout.split())


def test_a_publication_of_a_run_that_was_deleted_counts_all_the_same(second: Path, out: Path, cli: Cli) -> None:
    cli("publish", second, "--yes")
    third = Path(shutil.copytree(out, out.with_name("third")))
    for gone in (out, second):
        shutil.rmtree(gone)
    (third / "vault" / "publications.json").unlink()
    for left in (third / "publications", third / "vault" / "published"):
        shutil.rmtree(left)
    told = " ".join(cli("publish", third, "--yes", code=1).stderr.split())
    assert "lists publication 1 of run" in told
    assert "no ledger here has it any more" in told
    shutil.rmtree(out.parent / ".publications")
    assert "It is the first publication" in cli("publish", third, "--yes").stdout


def test_without_its_ledger_a_run_publishes_nothing_and_still_forgets(out: Path, cli: Cli) -> None:
    (out / "vault" / "publications.json").unlink()
    missing = "publications.json is missing, and yet something of this run was published"
    assert missing in cli("publish", out, "--yes", code=1).stderr
    assert missing in cli("publish", out, "--list").stdout
    before = Record(out / "vault", 1).rows().num_rows
    (said,) = forget_users(out, "user-3")
    assert "The ledger of publications is missing" in said
    assert not (out / "publications" / "1").exists()
    assert 0 < Record(out / "vault", 1).rows().num_rows < before
    remake(out)
    assert missing in cli("publish", out, "--yes", code=1).stderr


def test_a_damaged_ledger_is_told(out: Path, cli: Cli) -> None:
    (out / "vault" / "publications.json").write_text('{"publications": [')
    assert "lists what was published, and cannot be read" in cli("publish", out, "--yes", code=1).stderr
