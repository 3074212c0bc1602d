"""``clioscope run``: from conversations to an atlas."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.text import Text

from clioscope.cli.call_options import COST, AtOnce, BaseUrl, Batch, Patience, Prices, Rpm, Timeout, Tpm
from clioscope.cli.console import error_console, printable
from clioscope.cli.option_values import models_of, numbers, pair, text_of
from clioscope.cli.progress import make_progress
from clioscope.config import FACET_DAYS, RAW_DAYS, make_config, read_config, read_facets
from clioscope.errors import ConfigError

_READ, _WHICH, _GROUP, _PRIVACY, _SHOW = (
    "What is read",
    "Which conversations",
    "Clusters and hierarchy",
    "Privacy",
    "What is shown",
)
_MODELS = "Language models"


def run(
    source: list[str] = typer.Argument(
        None, help="Files, folders, globs, or - for standard input; plain, .gz, .zst or .zip."
    ),
    run: Path | None = typer.Option(
        None, "--run", "-r", help="The run's folder. Default: runs/ and the source's name."
    ),
    config: Path | None = typer.Option(
        None, help="A TOML file with a \\[config] table, such as another run's run.toml.", rich_help_panel=_READ
    ),
    field: list[str] = typer.Option(
        [],
        help="Where a column has another name: id=, user=, time=, text= or messages=, with dots for nested ones.",
        rich_help_panel=_READ,
    ),
    facet: list[str] = typer.Option(
        [],
        help="A metadata column to count by and to publish, with at most 50 values. May be given several times.",
        rich_help_panel=_READ,
    ),
    max_set_aside: float | None = typer.Option(
        None,
        min=0,
        max=1,
        help="Stop where a larger share of the records is broken. Default: 0.01.",
        rich_help_panel=_READ,
    ),
    sample: int | None = typer.Option(
        None, min=1, help="Take so many conversations at random. Default: all.", rich_help_panel=_WHICH
    ),
    max_per_user: int | None = typer.Option(
        None,
        min=1,
        help="Read at most so many conversations of one user, taken at random. Default: all.",
        rich_help_panel=_WHICH,
    ),
    since: str | None = typer.Option(
        None, help="From this day or time on, such as 2026-06-01. Default: from the first.", rich_help_panel=_WHICH
    ),
    until: str | None = typer.Option(
        None, help="Up to the end of this day, or before this time. Default: to the last.", rich_help_panel=_WHICH
    ),
    last: str | None = typer.Option(
        None,
        help="The last hours, days, weeks or months: 12h, 7d, 4w, 3m. Fixed when the run begins. Default: all.",
        rich_help_panel=_WHICH,
    ),
    clusters: int | None = typer.Option(
        None, min=1, help="So many base clusters. Default: as --cluster-size gives.", rich_help_panel=_GROUP
    ),
    cluster_size: int | None = typer.Option(
        None,
        min=1,
        help="So many conversations a base cluster on average. Default: the square root of all, and at least four "
        "times --min-conversations.",
        rich_help_panel=_GROUP,
    ),
    hierarchy: str | None = typer.Option(
        None,
        help="The number of clusters of each level, base first: 150,10. Default: at most about 12 children a cluster.",
        rich_help_panel=_GROUP,
    ),
    branching: int | None = typer.Option(
        None,
        min=2,
        help="So many children a cluster on average. Default: alike on all levels, and at most about 12.",
        rich_help_panel=_GROUP,
    ),
    top_clusters: int | None = typer.Option(
        None,
        min=1,
        help="So many clusters at the top. Default: the square root of the base clusters, 5 to 20; up to 12 base "
        "clusters are all at the top.",
        rich_help_panel=_GROUP,
    ),
    languages_apart: bool = typer.Option(
        False,
        "--languages-apart",
        help="Leave each language where the embedding model puts it. Default: where people's own words are clustered, "
        "languages are moved together, so that clusters go by what is said.",
        rich_help_panel=_GROUP,
    ),
    like_published: bool = typer.Option(
        False,
        "--like-published",
        help="Keep the clusters of the run's last publication, and put new conversations into the nearest.",
        rich_help_panel=_GROUP,
    ),
    seed: int | None = typer.Option(None, help="Where all randomness comes from. Default: 0.", rich_help_panel=_GROUP),
    profile: str | None = typer.Option(
        None,
        help="default: 10 users and 15 conversations behind every figure, and nobody with more than a fifth of it. "
        "strict: 25 and 40. public: the same, rounded to 10, and 250 users and 500 conversations in every cluster. "
        "personal: your own export, no minimums, not for publishing. Default: default.",
        rich_help_panel=_PRIVACY,
    ),
    min_users: int | None = typer.Option(
        None, min=1, help="The fewest users behind any figure. Default: the profile's.", rich_help_panel=_PRIVACY
    ),
    min_conversations: int | None = typer.Option(
        None,
        min=1,
        help="The fewest conversations behind any figure. Default: the profile's.",
        rich_help_panel=_PRIVACY,
    ),
    period: str | None = typer.Option(
        None, help="Count by month or by week. Default: month.", rich_help_panel=_PRIVACY
    ),
    redact: str | None = typer.Option(
        None,
        help="Take e-mail addresses, numbers, keys and the like out of what a model reads: remote (models that are not "
        "known to be on this machine), always or never. Texts that are kept of a conversation are without them, unless "
        "never. Default: remote.",
        rich_help_panel=_PRIVACY,
    ),
    redact_pattern: list[str] = typer.Option(
        [],
        help="NAME=REGEX: something of your own to take out, such as ORDER=B-[0-9]{8}. May be given several times.",
        rich_help_panel=_PRIVACY,
    ),
    redact_with_presidio: bool = typer.Option(
        False,
        "--redact-with-presidio",
        help="Also take out what Presidio finds: names and places too where a spaCy model is installed.",
        rich_help_panel=_PRIVACY,
    ),
    keep: str | None = typer.Option(
        None,
        help="What stays in the vault once the run has succeeded: all, facets (no conversation) or nothing. "
        "Default: all.",
        rich_help_panel=_PRIVACY,
    ),
    drill_down: bool = typer.Option(
        False,
        "--drill-down",
        help="Let investigators look at single conversations of this run in the explorer: with a reason, a line in the "
        "audit log, and redacted at first.",
        rich_help_panel=_PRIVACY,
    ),
    encrypt: bool = typer.Option(
        False,
        "--encrypt",
        help="Encrypt the vault of a new run, with the key of CLIOSCOPE_KEY, of --key-file or of the system's keyring.",
        rich_help_panel=_PRIVACY,
    ),
    key_file: Path | None = typer.Option(
        None,
        "--key-file",
        help="Where the master key is, readable by you alone; `clioscope key new` makes one.",
        rich_help_panel=_PRIVACY,
    ),
    expire: bool = typer.Option(
        False,
        "--expire",
        help=f"Keep raw conversations {RAW_DAYS} days and facets {FACET_DAYS}: clioscope purge then removes them.",
        rich_help_panel=_PRIVACY,
    ),
    expire_raw: int | None = typer.Option(
        None, min=1, help="Days for which raw conversations may be kept. Default: no limit.", rich_help_panel=_PRIVACY
    ),
    expire_facets: int | None = typer.Option(
        None,
        min=1,
        help="Days for which facets, vectors, clusters of single conversations and answers may be kept. "
        "Default: no limit.",
        rich_help_panel=_PRIVACY,
    ),
    epsilon: float | None = typer.Option(
        None,
        help="Release with differential privacy per user, of this epsilon: noise in the place of minimums, over public "
        "clusters. Needs pip install 'clioscope\\[dp]'. Default: thresholds, without noise.",
        rich_help_panel=_PRIVACY,
    ),
    delta: float | None = typer.Option(
        None, help="With --epsilon: far below one over the number of users. Default: 1e-6.", rich_help_panel=_PRIVACY
    ),
    contributions: int | None = typer.Option(
        None,
        help="With --epsilon: clusters that one user may be counted in, on all levels together, and cells of each "
        "attribute. Default: 16.",
        rich_help_panel=_PRIVACY,
    ),
    budget_epsilon: float | None = typer.Option(
        None,
        help="With --epsilon: what all releases of this run may spend together. Default: the --epsilon of this one.",
        rich_help_panel=_PRIVACY,
    ),
    model: list[str] = typer.Option(
        [],
        help="PROVIDER/MODEL for every judgement, or JUDGEMENT=PROVIDER/MODEL for extract, name, arrange or audit; "
        "file:FOLDER writes requests for others to answer. May be given several times. Default: no model.",
        rich_help_panel=_MODELS,
    ),
    facets: Path | None = typer.Option(
        None,
        help="A TOML file with \\[\\[facet]] and \\[\\[area]] tables of your own. Default: request, task, language and "
        "concern are asked.",
        rich_help_panel=_MODELS,
    ),
    summary_prompt: Path | None = typer.Option(
        None,
        help="A text file with fields such as {{ subject }}, for records that are not conversations. Its answer is the "
        "facet request; without a --model for extract, the beginning of what the fields hold is clustered.",
        rich_help_panel=_MODELS,
    ),
    cluster_by: list[str] = typer.Option(
        [],
        help="The text or list facet to cluster; several make several hierarchies. Default: request.",
        rich_help_panel=_MODELS,
    ),
    one_call_a_facet: bool = typer.Option(
        False,
        "--one-call-a-facet",
        help="Ask each facet in a call of its own. Default: all in one.",
        rich_help_panel=_MODELS,
    ),
    conversation_tokens: int | None = typer.Option(
        None, help="Tokens that a model reads of a conversation. Default: 4000.", rich_help_panel=_MODELS
    ),
    prompt: list[str] = typer.Option(
        [],
        help="NAME=FILE: a prompt of your own; see clioscope prompts. Default: those that come with it.",
        rich_help_panel=_MODELS,
    ),
    max_failed: float | None = typer.Option(
        None,
        min=0,
        max=1,
        help="Stop where a model gives no usable answer for a larger share of the conversations. Default: 0.05.",
        rich_help_panel=_MODELS,
    ),
    audit_below: int | None = typer.Option(
        None, min=1, max=5, help="Withhold texts that the auditor scores lower. Default: 3.", rich_help_panel=_MODELS
    ),
    names_from: str | None = typer.Option(
        None,
        help="What a model that names sees of a cluster: facets of members, or only words that enough users share. "
        "Default: facets.",
        rich_help_panel=_MODELS,
    ),
    audit_sample: int | None = typer.Option(
        None, min=0, help="So many facet texts are audited. Default: 100.", rich_help_panel=_MODELS
    ),
    estimate: bool = typer.Option(
        False, "--estimate", help="Print calls, tokens and cost. Spends and changes nothing.", rich_help_panel=COST
    ),
    max_cost: float | None = typer.Option(
        None,
        min=0,
        help="Stop before the run has cost more US dollars than this. Default: no limit.",
        rich_help_panel=COST,
    ),
    prices: Prices = None,
    batch: Batch = False,
    base_url: BaseUrl = None,
    at_once: AtOnce = 50,
    rpm: Rpm = None,
    tpm: Tpm = None,
    timeout: Timeout = 120.0,
    patience: Patience = 600.0,
    retry_failed: bool = typer.Option(
        False,
        "--retry-failed",
        help="Ask again for the conversations that got no usable answer.",
        rich_help_panel=COST,
    ),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Print nothing but errors.", rich_help_panel=_SHOW),
    as_json: bool = typer.Option(
        False,
        "--json",
        help="Print the summary as JSON; progress as JSON lines on standard error.",
        rich_help_panel=_SHOW,
    ),
    open_browser: bool = typer.Option(
        False, "--open", help="Then explore it in the browser, as clioscope serve does.", rich_help_panel=_SHOW
    ),
) -> None:
    """Read conversations and show what people do in them.

    Understands JSONL and JSON with messages, OpenAI chat, Claude's and ChatGPT's exports, ShareGPT, LMSYS-Chat-1M,
    WildChat, hh-rlhf, Parquet and CSV, by looking at the content. Nothing leaves this machine, unless --model names a
    model that is elsewhere.

    Stopped at any point, the same command goes on. With another option it redoes only what depends on it.
    """
    # These load the libraries that a run needs: its help does without them.
    from clioscope.cli.estimate import print_estimate
    from clioscope.cli.running import start
    from clioscope.models.judges import Calls
    from clioscope.models.waves import AwaitingAnswers
    from clioscope.vault.master_key import use_key_file

    use_key_file(key_file)
    given = {
        "source": source or None,
        "fields": dict(pair(text, "--field", "user=account_id") for text in field) or None,
        "facets": facet or None,
        "max_set_aside": max_set_aside,
        "sample": sample,
        "max_per_user": max_per_user,
        "since": since,
        "until": until,
        "last": last,
        "clusters": clusters,
        "cluster_size": cluster_size,
        "hierarchy": numbers(hierarchy) if hierarchy else None,
        "branching": branching,
        "top_clusters": top_clusters,
        "align_languages": False if languages_apart else None,
        "like_published": like_published or None,
        "seed": seed,
        "profile": profile,
        "min_users": min_users,
        "min_conversations": min_conversations,
        "period": period,
        "epsilon": epsilon,
        "delta": delta,
        "contributions": contributions,
        "budget_epsilon": budget_epsilon,
        "keep": keep,
        "drill_down": drill_down or None,
        "encrypt": encrypt or None,
        "expire_raw": expire_raw or (RAW_DAYS if expire else None),
        "expire_facets": expire_facets or (FACET_DAYS if expire else None),
        "models": models_of(model) or None,
        "summary_prompt": text_of(summary_prompt) if summary_prompt else None,
        "cluster_by": cluster_by or None,
        "packed": False if one_call_a_facet else None,
        "conversation_tokens": conversation_tokens,
        "redact": redact,
        "redact_patterns": dict(pair(text, "--redact-pattern", "ORDER=[0-9]{8}") for text in redact_pattern) or None,
        "redact_with_presidio": redact_with_presidio or None,
        "prompts": dict(pair(text, "--prompt", "extract=my.jinja") for text in prompt) or None,
        "max_failed": max_failed,
        "audit_below": audit_below,
        "audit_sample": audit_sample,
        "names_from": names_from,
        **(read_facets(facets) if facets else {}),
    }
    base = read_config(config).model_dump(exclude_none=True) if config else {}
    settled = make_config(**(base | {key: value for key, value in given.items() if value is not None}))
    if not settled.source:
        raise ConfigError("Nothing to read: name a file, a folder, a glob, or - for standard input.")
    calls = Calls(
        base_url=base_url,
        at_once=at_once,
        requests_per_minute=rpm,
        tokens_per_minute=tpm,
        timeout=timeout,
        patience=patience,
        max_cost=max_cost,
        prices=prices,
        batch=batch,
    )
    progress = make_progress(quiet=quiet, as_json=as_json)
    if estimate:
        print_estimate(settled, run, calls, progress, as_json=as_json)
        return
    try:
        start(
            settled,
            run,
            calls,
            progress,
            retry_failed=retry_failed,
            quiet=quiet,
            as_json=as_json,
            open_browser=open_browser,
        )
    except AwaitingAnswers as waiting:
        error_console().print(Text(printable(str(waiting))))
        raise typer.Exit(3) from None
