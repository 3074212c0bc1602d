"""A whole run against a model that fails in every way that there is, under a limit that nobody tells of."""

from __future__ import annotations

from pathlib import Path

import pytest

from clioscope.testing import FAULTS, Faults, ModelServer, ServerLimits
from tests.conftest import bytes_of
from tests.judged.helpers import judged

ENDS = ("unauthorized", "forbidden", "not_found")
"""Nothing but a stop helps against a wrong key or a model that is not there."""

GIVEN_UP = ("bad_json", "schema_broken", "refusal", "empty", "truncated", "wrong_choice", "far_too_long")
"""Asked once more with what was wrong, and so answered in other words or, after two such answers, given up."""

NOT_THE_SAME = (*GIVEN_UP, "content_filter")
PASSING = tuple(fault for fault in FAULTS if fault not in (*ENDS, *NOT_THE_SAME))
LIMITS = ServerLimits(requests_per_second=60, advertise=False, retry_after=None)
CALLS = {"at_once": 20, "timeout": 2.0}


@pytest.mark.slow
def test_every_fault_that_passes_leaves_the_atlas_byte_for_byte(tmp_path: Path) -> None:
    with ModelServer() as server:
        judged(tmp_path / "undisturbed", server, clusters=14, calls=CALLS)
        needed = server.stats().answered
    faults = Faults(**dict.fromkeys(PASSING, 0.03))
    with ModelServer(faults=faults, limits=LIMITS, latency=0.02, seed=3) as server:
        done = judged(tmp_path / "disturbed", server, clusters=14, calls=CALLS)
        seen = server.stats()
    assert set(seen.by_fault) >= set(PASSING), "each struck"
    assert done.failures == {}
    assert seen.answered == needed
    assert seen.repeated == 0
    assert bytes_of(tmp_path / "disturbed/run/atlas") == bytes_of(tmp_path / "undisturbed/run/atlas")


@pytest.mark.slow
def test_every_fault_at_once_loses_no_conversation_and_ends_alike_again(tmp_path: Path) -> None:
    faults = Faults(**dict.fromkeys((*PASSING, *NOT_THE_SAME), 0.02))
    with ModelServer(faults=faults, limits=LIMITS, latency=0.02, seed=3) as server:
        done = judged(tmp_path, server, clusters=14, max_failed=0.3, calls=CALLS)
        seen = server.stats()
        before, calls = bytes_of(done.folder / "atlas"), seen.calls
        judged(tmp_path, server, clusters=14, max_failed=0.3, calls=CALLS)
        assert bytes_of(done.folder / "atlas") == before
        assert server.stats().calls == calls
    assert len(set(seen.by_fault) & {*PASSING, *NOT_THE_SAME}) >= 12
    counted, failed = sum(c.conversations for c in done.atlas.level(0)), sum(done.failures.values())
    assert 0 < failed < 60
    assert done.read["conversations"] == 240
    assert abs(counted + failed - 240) <= 5 * len(done.atlas.level(0)), "but for rounding"
    with ModelServer() as server:
        again = judged(tmp_path, server, clusters=14, max_failed=0.3, retry_failed=True, calls=CALLS)
    assert again.failures == {}
