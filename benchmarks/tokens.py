"""Tokens and US dollars a conversation, by what a run asks of models, beside what Clio published.

``python -m benchmarks.tokens``: whole runs over short conversations (CLINC150, one message each) and long ones
(Schema-Guided Dialogue), against the test double, which counts the tokens of what it is really asked and of what it
answers (four characters a token). Dollars are these tokens by the shipped price table; in batches the same calls cost
the share that the table says.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from benchmarks.data import arguments
from benchmarks.models import server
from benchmarks.results import publish
from clioscope.models.prices import PriceTable, read_prices

MODEL = "openai/double"
CONFIGURATIONS = {
    "default": ("--model", MODEL),
    "`--one-call-a-facet`": ("--model", MODEL, "--one-call-a-facet"),
    "names alone": tuple(
        word for judgement in ("name", "arrange", "audit") for word in ("--model", f"{judgement}={MODEL}")
    ),
}
PRICED = ("openai/gpt-5-nano", "openai/gpt-4o-mini", "gemini/gemini-2.5-flash-lite", "anthropic/claude-haiku-4-5")
SETS = ("clinc150", "sgd")
PUBLISHED = ["Clio, as published (arXiv 2412.13678)", "one facet, no auditor", "100,000"]
_A_HUNDRED_THOUSAND = 100_000


class Asked(NamedTuple):
    """Of one run: conversations, tokens of their texts, calls, and tokens of these; of which the facets' stage."""

    conversations: int
    own: float
    calls: int
    prompt: int
    completion: int
    facets: int


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--conversations", type=int, default=1_000, help="of each set, drawn by lot")
    parser.add_argument("--only", nargs="*", choices=SETS, default=SETS)
    given = parser.parse_args()
    prices = read_prices(None)
    lines = []
    for name in given.only:
        for configuration, options in CONFIGURATIONS.items():
            asked = one(given.data / f"{name}.jsonl.gz", given.conversations, options)
            lines.append([name, configuration, *cells(asked, prices)])
            print(*lines[-1], sep=" | ", file=sys.stderr, flush=True)
    header = ["conversations", "asked", "number of them", "tokens of their texts", "calls", "prompt tokens"]
    header += ["of them for facets", "completion tokens", *(f"$ for 100,000, {model} (in batches)" for model in PRICED)]
    header.append("$ for 100,000, as published")
    lines = [[*line, ""] for line in lines]
    lines.append([*PUBLISHED, *[""] * (len(header) - len(PUBLISHED) - 1), "48.81"])
    publish("tokens", header, lines, given.save, notes=NOTES)


NOTES = (
    "Calls and tokens are those of one conversation on average, dollars these times 100,000: too much, since the",
    "audit of a sample does not grow with the conversations, and the number of clusters, which are named, as their",
    "square root. What a model thinks before it answers is not counted, and the double answers in a dozen words.",
    "Clio's figure is of conversations of another length, of one facet without an auditor, and of models and prices of",
    "2024; here four facets are asked, names and a sample of texts audited. Prices are those of the shipped table at",
    "this commit (`clioscope prices`).",
)


def one(source: Path, count: int, options: tuple[str, ...]) -> Asked:
    """One run over ``count`` conversations."""
    with tempfile.TemporaryDirectory() as folder, server(0.0) as url:
        command = [sys.executable, "-m", "clioscope", "run", str(source), "--run", f"{folder}/run", "--json"]
        command += ["--sample", str(count), *options, "--base-url", f"{url}/v1"]
        environment = {**os.environ, "OPENAI_API_KEY": "none"}
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    stages = json.loads(done.stdout)["usage"]["by_stage"]
    calls, prompt, completion = (
        sum(stage[key] for stage in stages) for key in ("calls", "prompt_tokens", "completion_tokens")
    )
    facets = sum(stage["prompt_tokens"] for stage in stages if stage["judgement"] == "extract")
    return Asked(count, own_tokens(source), calls, prompt, completion, facets)


def own_tokens(source: Path) -> float:
    """Tokens of the messages of a conversation on average, counted as the double counts."""
    with gzip.open(source, "rt", encoding="utf-8", newline="\n") as file:
        lengths = [sum(len(m["content"]) for m in json.loads(line)["messages"]) // 4 for line in file]
    return sum(lengths) / len(lengths)


def cells(asked: Asked, prices: PriceTable) -> list[str]:
    n = asked.conversations
    found = [f"{n:,}", f"{asked.own:.0f}", f"{asked.calls / n:.2f}", f"{asked.prompt / n:,.0f}"]
    found += [f"{asked.facets / n:,.0f}", f"{asked.completion / n:,.0f}"]
    for model in PRICED:
        price = prices.of(model)
        assert price is not None, model
        tokens = [_A_HUNDRED_THOUSAND / n * count for count in (asked.prompt, asked.completion)]
        found.append(f"{price.of(*tokens):,.2f} ({price.of(*tokens, batched=True):,.2f})")
    return found


if __name__ == "__main__":
    main()
