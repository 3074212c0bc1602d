"""One layer at a time is what it says."""

from __future__ import annotations

from clioscope.attacks.planted.counts import layers_of
from clioscope.attacks.planted.reading_off import Holder
from clioscope.attacks.planted.recount import EXACT
from clioscope.attacks.planted.single_layers import Layers, not_switched
from clioscope.config import PROFILES, make_config
from clioscope.embeddings import MiniLMEmbedder


def test_each_layer_of_counts_is_on_alone_and_off_alone() -> None:
    default = PROFILES["default"]
    layers = layers_of(default)
    assert layers["nothing"] == EXACT
    assert layers["all"] == default
    assert layers["minimums"]._replace(users=1, conversations=1, cluster_users=1, cluster_conversations=1) == EXACT
    assert layers["the cap on a user's share"] == EXACT._replace(share=default.share)
    assert layers["all but rounding"] == default._replace(rounding=1)
    assert layers["all but the cap on a user's share"] == default._replace(share=1.0)


def test_the_auditor_and_redaction_act_by_themselves() -> None:
    layers = Layers(make_config(source=("x",)), MiniLMEmbedder())
    assert layers.audited({"diabetes", "ana@example.org"}) == ({"diabetes"}, {"diabetes"})
    held = Holder(0, 0, "lunavosis, ask ana@example.org", "en", frozenset({"lunavosis", "ana"}))
    assert layers.redacted([held])[0].words == {"lunavosis"}


def test_what_cannot_be_switched_says_so() -> None:
    told = list(not_switched("1 account, the local namer"))
    assert all(trial.rate is None and "not tried" in dict(trial.figures) for trial in told)
    assert {trial.layers for trial in told} == {"the auditor alone", "redaction alone"}
