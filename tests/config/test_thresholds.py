"""What a profile asks for, and what is asked for beside it."""

from __future__ import annotations

import pytest

from clioscope.config import PROFILES, Config
from clioscope.config.thresholds import Profile


@pytest.mark.parametrize(
    ("profile", "users", "conversations", "of_cells", "of_clusters"),
    [
        ("public", 30, None, (30, 40), (250, 500)),
        ("public", None, 60, (25, 60), (250, 500)),
        ("public", 300, 600, (300, 600), (300, 600)),
        ("default", 30, 50, (30, 50), (30, 50)),
        ("default", 5, None, (5, 15), (5, 15)),
    ],
)
def test_a_minimum_that_is_raised_lowers_nothing(
    profile: Profile,
    users: int | None,
    conversations: int | None,
    of_cells: tuple[int, int],
    of_clusters: tuple[int, int],
) -> None:
    asked = Config(profile=profile, min_users=users, min_conversations=conversations).thresholds
    assert (asked.users, asked.conversations) == of_cells
    assert (asked.cluster_users, asked.cluster_conversations) == of_clusters


@pytest.mark.parametrize("profile", ["strict", "public"])
def test_a_profile_that_is_chosen_for_its_promise_is_never_made_weaker(profile: Profile) -> None:
    own = PROFILES[profile]
    for option, least in (("min_users", own.users), ("min_conversations", own.conversations)):
        assert Config.model_validate({"profile": profile, option: least}).thresholds == own
        with pytest.raises(ValueError, match=rf"--profile {profile} promises at least {least} .* is less"):
            Config.model_validate({"profile": profile, option: least - 1})
