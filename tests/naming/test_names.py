"""Names differ, read like topics, and are the same every time."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from clioscope.embeddings import MiniLMEmbedder
from clioscope.naming import LocalNamer, Member, describe
from clioscope.naming.choosing import make_distinct
from tests.conftest import ROOT, SHARED_DATA
from tests.naming.groups import Clusters, WordEmbedder, by_many


def test_names_set_a_cluster_apart_from_its_neighbours() -> None:
    groups = [by_many(f"{verb} my bank account", 20, 100 * i) for i, verb in enumerate(["freeze", "close", "open"])]
    clusters = Clusters(groups)
    names = LocalNamer(WordEmbedder()).name(clusters, clusters.centroids(), min_support=10)
    for name, verb in zip(names, ["freeze", "close", "open"], strict=True):
        assert name.name is not None
        assert name.name.lower().startswith(verb)


def test_twin_clusters_get_a_further_term_before_they_get_a_number() -> None:
    assert make_distinct([["cancel order"], ["cancel order"]], [["refund"], []], " / ") == [
        "Cancel order / refund",
        "Cancel order",
    ]
    assert make_distinct([["a"], ["A"], []], [[], [], []], " / ") == ["A (1 of 2)", "A (2 of 2)", None]


def test_two_names_that_differ_only_in_order_are_told_apart() -> None:
    first, second = make_distinct([["pin", "card"], ["card", "pin"]], [["new card"], ["lost card"]], " / ")
    assert (first, second) == ("Pin / card / new card", "Card / pin / lost card")


def test_a_parent_is_named_by_what_its_children_share() -> None:
    verbs = ["freeze", "close", "open", "check"]
    groups = [by_many(f"{verb} my bank account", 20, 100 * i) for i, verb in enumerate(verbs)]
    groups += [by_many(f"{verb} a plane ticket", 20, 1000 + 100 * i) for i, verb in enumerate(["book", "change"])]
    clusters = Clusters(groups)
    parents = LocalNamer(WordEmbedder()).name_parents(
        [[0, 1, 2, 3], [4, 5]], clusters, clusters.centroids(), min_support=10
    )
    first, second = (parent.name or "" for parent in parents)
    assert "account" in first.lower().split(", ")[0]
    assert "ticket" in second.lower()


def test_a_description_has_counts_and_terms_and_says_when_there_is_no_safe_name() -> None:
    assert describe(["freeze account", "block card"], 1120, 45) == (
        "About 1,120 conversations from 45 people. What sets them apart: freeze account, block card."
    )
    assert describe([], 15, None) == "About 15 conversations. Too few people share the same words for a safe name."


def test_no_clusters_and_empty_texts_are_no_error() -> None:
    namer = LocalNamer(WordEmbedder())
    assert namer.name(Clusters([]), np.zeros((0, 64), np.float32), min_support=10) == []
    clusters = Clusters([[], [Member("", 1)] * 20])
    assert [name.name for name in namer.name(clusters, clusters.centroids(), min_support=10)] == [None, None]


def test_names_do_not_depend_on_the_hash_seed() -> None:
    code = (
        "from tests.naming.groups import *; from clioscope.naming import LocalNamer\n"
        "c = Clusters([by_many(f'{v} my bank account with a new plastic card', 20, 99 * i)"
        " for i, v in enumerate(['freeze', 'close', 'open'])])\n"
        "print(LocalNamer(WordEmbedder()).name(c, c.centroids(), min_support=10))"
    )
    outputs = set()
    for seed in ("0", "1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
        outputs.add(subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True).stdout)
    assert len(outputs) == 1


def test_real_requests_get_names_near_their_labels() -> None:
    path = SHARED_DATA / "clinc150.jsonl.gz"
    if not path.exists():
        pytest.skip("the labelled conversations are not beside this clone")
    by_intent: dict[str, list[str]] = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        for line in file:
            row = json.loads(line)
            by_intent.setdefault(row["labels"]["intent"], []).append(row["messages"][0]["content"])
    intents = sorted(by_intent)[::6]
    embedder = MiniLMEmbedder()
    means = np.stack([embedder.embed(by_intent[intent][:15]).mean(axis=0) for intent in intents])
    centroids = means / np.linalg.norm(means, axis=1, keepdims=True)
    clusters = Clusters([[Member(text, None) for text in by_intent[intent]] for intent in intents])
    names = LocalNamer(embedder).name(clusters, centroids, min_support=10)
    labels = embedder.embed([intent.replace("_", " ") for intent in intents])
    nearest = (embedder.embed([name.name or "" for name in names]) @ labels.T).argmax(axis=1)
    assert np.mean(nearest == np.arange(len(intents))) >= 0.85
