"""The one model of what a run is asked to do, and which wishes contradict each other."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from clioscope.config.profiles import ProfileRow
from clioscope.config.questions import Area, FacetQuestion
from clioscope.config.thresholds import Profile, Thresholds, changed, refuse_weaker
from clioscope.record_prompt import RecordPrompt

Judgement = Literal["extract", "name", "arrange", "audit"]
"""What is asked of a language model. Each may have a model of its own."""

Period = Literal["month", "week"]
Redact = Literal["remote", "always", "never"]
Keep = Literal["all", "facets", "nothing"]
RAW_DAYS, FACET_DAYS = 30, 90
"""For how many days raw conversations and facets are kept where they are to expire and nobody says when."""

FIELDS = ("id", "user", "time", "text", "messages")
"""What a column can be mapped to."""

Count = Annotated[int, Field(ge=1)]


class Config(BaseModel):
    """Everything that decides what is in an atlas. Equal configurations of equal input give equal bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: tuple[str, ...] = ()
    """Files, folders, globs or ``-``, as the user named them. Empty where conversations came from Python."""
    fields: dict[str, str] = {}
    """Which column holds the id, user, time, text or messages, where the format does not say."""
    facets: tuple[str, ...] = ()
    """Metadata columns that may be counted and published."""
    since: str | None = None
    until: str | None = None
    last: str | None = None
    sample: Count | None = None
    max_per_user: Count | None = None
    """Conversations of one user that are read at most; which ones is decided by the seed."""

    profile: Profile = "default"
    min_users: Count | None = None
    min_conversations: Count | None = None
    period: Period = "month"

    redact: Redact = "remote"
    """Which models see conversations without what identifies: those that are not on this machine, all, or none. Facet
    texts are kept without it, unless ``never``."""
    redact_patterns: dict[str, str] = {}
    """Regular expressions of the user's own for what identifies, by name."""
    redact_with_presidio: bool = False
    """Whether Presidio's recognisers are asked too."""

    epsilon: Annotated[float, Field(gt=0, le=100)] | None = None
    """Release with differential privacy per user, of this epsilon, in the place of thresholds and rounding."""
    delta: Annotated[float, Field(gt=0, lt=0.01)] | None = None
    """The delta of it; 1e-6 where nothing is said."""
    contributions: Annotated[int, Field(ge=1, le=1_000)] | None = None
    """Clusters that a user may vote in, and cells of each attribute; 16 where nothing is said."""
    budget_epsilon: Annotated[float, Field(gt=0)] | None = None
    """What all releases of the run may spend together; ``epsilon`` where nothing is said."""

    clusters: Count | None = None
    cluster_size: Count | None = None
    hierarchy: tuple[Count, ...] | None = None
    branching: Annotated[int, Field(ge=2)] | None = None
    top_clusters: Count | None = None
    align_languages: bool = True
    """Whether the vectors of each language are moved together, where people's own words are clustered."""
    like_published: bool = False
    """Keep the clusters and the hierarchy of the run's last publication; whoever is new joins the nearest."""

    models: dict[Judgement, str] = {}
    """Which model answers ``extract``, ``name``, ``arrange`` and ``audit``. Judgements without one are made locally."""
    model_profiles: tuple[ProfileRow, ...] = ()
    """What models take, over what is known of them. Answers that are there stay."""
    questions: tuple[FacetQuestion, ...] = ()
    """Facets of the user's own, beside those that are always asked; one of the same name stands in its place."""
    summary_prompt: str | None = None
    """For data that are not conversations; see :class:`~clioscope.record_prompt.RecordPrompt`. ``request`` is then what
    it asks for."""
    areas: tuple[Area, ...] = ()
    cluster_by: tuple[str, ...] = ("request",)
    """Text and list facets that are clustered; the first gives the main hierarchy."""
    packed: bool = True
    """All facets in one call; otherwise a call each."""
    prompts: dict[str, str] = {}
    """Files that stand in the place of shipped prompts."""
    conversation_tokens: Annotated[int, Field(ge=200, le=200_000)] = 4_000
    """What a model reads of a conversation."""
    max_failed: Annotated[float, Field(ge=0, le=1)] = 0.05
    """The run stops where the model gives no usable answer for a larger share of the conversations."""
    audit_below: Annotated[int, Field(ge=1, le=5)] = 3
    """Texts that the auditor scores lower are written again, and withheld where that does not help."""
    audit_sample: Annotated[int, Field(ge=0)] = 100
    """Facet texts that are audited."""
    names_from: Literal["facets", "words"] = "facets"
    """What a model that names sees of a cluster: facet texts of members, or only words that enough users share."""

    request_tokens: Annotated[int, Field(ge=16, le=4096)] = 256
    max_set_aside: Annotated[float, Field(ge=0, le=1)] = 0.01
    """The run stops where a larger share of the records cannot be read."""
    seed: int = 0

    keep: Keep = "all"
    """What stays in the vault after a run that succeeded: ``facets`` leaves no conversation, ``nothing`` no row."""
    drill_down: bool = False
    """Whether people with the role for it may look from the explorer at single conversations of this run."""
    encrypt: bool = False
    """Whether a vault that is made is encrypted. One that is there stays as it was made."""
    expire_raw: Count | None = None
    """Days for which the raw conversations may be kept. ``None``: without end."""
    expire_facets: Count | None = None
    """Days for which facets, vectors, clusters of single conversations and answers may be kept."""

    @model_validator(mode="after")
    def _not_contradictory(self) -> Config:
        unknown = sorted(set(self.fields) - set(FIELDS))
        if unknown:
            raise ValueError(f"--field {unknown[0]}=...: there is no such field, but {', '.join(FIELDS)}.")
        if "text" in self.fields and "messages" in self.fields:
            raise ValueError("--field text=... and --field messages=... both say what was said: give one of them.")
        if self.summary_prompt is not None:
            RecordPrompt(self.summary_prompt)
            if "text" in self.fields or "messages" in self.fields:
                raise ValueError(
                    "--summary-prompt and --field text=... or messages=... both say what to read: give one of them."
                )
        if self.areas:
            if len({area.name.casefold() for area in self.areas}) < max(2, len(self.areas)):
                raise ValueError("areas sort conversations: give at least two, each with a name of its own.")
            if self.top_clusters:
                raise ValueError("--top-clusters and areas both say what is at the top: leave one out.")
            if self.hierarchy and self.hierarchy[-1] != len(self.areas):
                raise ValueError(
                    f"--hierarchy {','.join(map(str, self.hierarchy))} ends in {self.hierarchy[-1]}, and the "
                    f"{len(self.areas)} areas are at the top: end it in {len(self.areas)}."
                )
        names = [question.name for question in self.questions]
        if both := set(names) & set(self.facets):
            raise ValueError(f"--facet {min(both)} is also the name of a facet of your own: call that one otherwise.")
        taken = {"turns", "length", self.period, "area", "failed"} & set(names)
        if len(set(names)) < len(names) or taken:
            raise ValueError(
                f"each facet needs a name of its own, and these are taken: {', '.join(sorted(taken or names))}."
            )
        if self.models.keys() & {"arrange", "audit"} and "name" not in self.models:
            raise ValueError("a model that arranges or audits needs one that names: add --model name=PROVIDER/MODEL.")
        if self.names_from == "words" and "name" not in self.models:
            raise ValueError("--names-from words is for a model that names: add --model name=PROVIDER/MODEL.")
        if self.questions and "extract" not in self.models:
            raise ValueError(
                f"facets of your own ({', '.join(names)}) are asked by a model: add --model extract=PROVIDER/MODEL."
            )
        if len(set(self.cluster_by)) < len(self.cluster_by) or not self.cluster_by:
            raise ValueError("--cluster-by names each facet once.")
        if self.last and (self.since or self.until):
            raise ValueError("--last says both ends of the time window: leave out --since and --until, or --last.")
        if self.clusters and self.cluster_size:
            raise ValueError("--clusters and --cluster-size both say how many base clusters: give one of them.")
        if self.drill_down and self.keep != "all":
            raise ValueError(
                f"--drill-down shows conversations, and --keep {self.keep} keeps none: leave one of them out."
            )
        if self.hierarchy:
            if self.clusters or self.cluster_size or self.branching or self.top_clusters:
                raise ValueError(
                    "--hierarchy says the size of every level: leave out --clusters, --cluster-size, --branching "
                    "and --top-clusters."
                )
            if list(self.hierarchy) != sorted(set(self.hierarchy), reverse=True):
                raise ValueError(
                    f"--hierarchy {','.join(map(str, self.hierarchy))} must fall from the base to the top, "
                    "such as --hierarchy 150,10."
                )
        return self

    @model_validator(mode="after")
    def _no_less_than_promised(self) -> Config:
        refuse_weaker(self.profile, self.min_users, self.min_conversations)
        return self

    @model_validator(mode="after")
    def _as_published(self) -> Config:
        """The clusters and the hierarchy are settled where they are those of a publication."""
        if self.like_published:
            said = {
                "--clusters, --cluster-size, --hierarchy, --branching or --top-clusters": (
                    self.clusters or self.cluster_size or self.hierarchy or self.branching or self.top_clusters
                ),
                "[[area]] tables": self.areas,
                "several --cluster-by": len(self.cluster_by) > 1,
                "--model name": "name" in self.models,
                "--epsilon": self.epsilon,
            }
            for option, given in said.items():
                if given:
                    raise ValueError(
                        f"--like-published keeps the published clusters and hierarchy, and {option} would make others. "
                        "Leave one of them out."
                    )
        return self

    @model_validator(mode="after")
    def _private_in_full(self) -> Config:
        """With ``epsilon`` nothing may depend on the data but through noise, nor may one release be several."""
        if self.epsilon is None:
            for option in ("delta", "contributions", "budget_epsilon"):
                if getattr(self, option) is not None:
                    raise ValueError(f"--{option.replace('_', '-')} belongs to --epsilon: give both, or leave it out.")
            return self
        if self.budget_epsilon is not None and self.budget_epsilon < self.epsilon:
            raise ValueError(
                f"--epsilon {self.epsilon:g} is more than --budget-epsilon {self.budget_epsilon:g} allows for all "
                "releases."
            )
        reasons = {
            "--profile personal": (self.profile == "personal", "protects nobody from anybody, and an epsilon does"),
            "--min-users": (self.min_users, "is a threshold, and epsilon and delta have thresholds of their own"),
            "--min-conversations": (self.min_conversations, "is a threshold, and epsilon and delta have their own"),
            "--sample": (self.sample, "would draw others where one user goes, which noise for one user does not hide"),
            "--cluster-size": (self.cluster_size, "goes by how many conversations there are: say --clusters"),
            "[[area]] tables": (self.areas, "sort conversations, and the hierarchy has to be public"),
            "several --cluster-by": (len(self.cluster_by) > 1, "are several releases: run one at a time"),
            "--names-from": (self.names_from != "facets", "is settled: names then come from released keywords"),
        }
        for option, (given, reason) in reasons.items():
            if given:
                raise ValueError(f"--epsilon and {option}: that {reason}. Leave one of them out.")
        return self

    @property
    def thresholds(self) -> Thresholds:
        """The profile's thresholds, with what the user set beside them."""
        return changed(self.profile, self.min_users, self.min_conversations)
