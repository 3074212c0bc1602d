"""What is good, what is weak, and what to try: every sentence of a report comes from one of these rules.

The limits are not laws. They were set by what was measured on data with known topics: docs/evaluation.md has the
figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from clioscope.evaluation.measure import Line, Listed, Measure, Standing


class Rule(NamedTuple):
    """How the first figure of a measure is judged.

    Parameters
    ----------
    good, weak
        It is good from ``good`` on and weak below ``weak``; the other way round where ``good`` is the smaller.
    means
        What the figure says, as the end of a sentence that begins with it.
    advice
        What to try where it is not good.
    """

    good: float
    weak: float
    means: str
    advice: str

    def standing(self, value: float) -> Standing:
        """What the rule says of a figure."""
        sign = 1 if self.good > self.weak else -1
        if sign * value >= sign * self.good:
            return "good"
        return "weak" if sign * value < sign * self.weak else "fair"

    def told(self, share: bool) -> str:
        """The rule as people read it."""
        good, weak = (whole_percents(value) if share else f"{value:g}" for value in (self.good, self.weak))
        return f"Good from {good} on, weak below {weak}." if self.good > self.weak else (
            f"Good up to {good}, weak above {weak}."
        )  # fmt: skip


QUESTIONS: dict[str, str] = {
    "coverage": "How much of what was read is in clusters with a name?",
    "silhouette": "How much nearer are conversations to their own cluster than to the next?",
    "margin": "Is each conversation in the cluster whose centroid is nearest?",
    "outliers": "How many conversations are far from the cluster they are in?",
    "nesting": "Are clusters nearer to their own parent than to other parents?",
    "stability": "Do the same clusters and names come back when some of the people are left out?",
    "names": "Can the names of clusters be told apart?",
    "labels": "Do clusters agree with labels that the data had?",
    "area fit": "Are conversations in the right area?",
    "fit": "Do conversations belong in their cluster, at each level?",
    "best fit": "Is their cluster the one that fits best, of all of its level?",
    "exclusive fit": "Does their cluster alone fit them?",
    "uniqueness": "Are clusters of one level about different things?",
    "name faithfulness": "Can a judge tell the members of a cluster by its name?",
    "facet faithfulness": "Does the facet text say what the conversation says?",
    "privacy of texts": "How many texts does the auditor pass?",
    "judge's agreement": "Does the judge say the same when asked again, with what it chooses from in another order?",
    "human agreement": "Does the judge say what people say?",
    "reconstruction": "Can the shares of known categories be read off the clusters?",
    "topics": "Are clusters the known topics, and is the hierarchy that of their categories?",
    "personal details": "Is anything published that single people gave away of themselves?",
    "groups": "Are people who ask for the same together in one cluster?",
    "trends": "Is what grows and shrinks seen to do so?",
}
"""Every measure, and what it answers."""

_FEWER = "Fewer clusters (--cluster-size, larger; or --clusters)"
_MORE = "more clusters (--cluster-size, smaller)"
_OVERLAP = f"{_FEWER} join what overlaps."
_NAMER = "a model that names (--model name=PROVIDER/MODEL), or a stronger one"

RULES: dict[str, Rule] = {
    "coverage": Rule(
        0.9, 0.7,
        "of what was read is in clusters with a name",
        "Clusters stay without a name where too few people share words: larger clusters (--cluster-size), or "
        + _NAMER + ". Conversations without an answer: clioscope info says why.",
    ),
    "silhouette": Rule(
        0.15, 0.05,
        "is the mean silhouette of the base clusters",
        f"{_OVERLAP} Where conversations are long or about several things, a model that extracts "
        "(--model extract=PROVIDER/MODEL) gives texts that lie further apart.",
    ),
    "margin": Rule(
        0.95, 0.85,
        "of the conversations are nearest to the centroid of their own cluster",
        f"Many clusters were too small and joined others: {_FEWER[0].lower()}{_FEWER[1:]} need fewer such joins.",
    ),
    "outliers": Rule(
        0.03, 0.08,
        "of the conversations are far from the centroid of the cluster they are in",
        f"Every conversation has to be in some cluster: {_MORE} give rare subjects a place of their own. Look at the "
        "clusters that are listed: a name may fit only their middle.",
    ),
    "nesting": Rule(
        0.9, 0.75,
        "of the base clusters are nearer to their own parent than to another",
        "More clusters at the top (--top-clusters), another level (--branching, smaller), or a model that arranges "
        "(--model arrange=PROVIDER/MODEL), which goes by meaning rather than by place.",
    ),
    "stability": Rule(
        0.6, 0.4,
        "is the adjusted Rand index with clusters found again without a fifth of the people",
        f"{_FEWER} come back more surely; so do clusters of more conversations. Do not compare two runs cluster by "
        "cluster, but with --like-published.",
    ),
    "names": Rule(
        0.95, 0.8,
        "of the names of base clusters are unlike any other",
        f"Rename or join those that are listed; {_FEWER[0].lower()}{_FEWER[1:]}, or {_NAMER}.",
    ),
    "labels": Rule(
        0.75, 0.5,
        "is the mutual information (normalised) with the labels, at the level whose number of clusters is nearest",
        f"Labels may cut another way than requests do. Else: {_MORE} where completeness is the higher figure, fewer "
        "where homogeneity is; --facets asks for what the labels are about.",
    ),
    "area fit": Rule(
        0.9, 0.75, "of the sampled conversations are in the right area",
        "Say in the descriptions of the [[area]] tables what belongs in each and what does not, and add an area for "
        "what fits none.",
    ),
    "fit": Rule(
        0.9, 0.75, "of the sampled conversations belong in their base cluster",
        f"Names that are too narrow, or clusters too wide: {_MORE}, or {_NAMER}.",
    ),
    "best fit": Rule(
        0.7, 0.5, "of the sampled conversations are in the cluster that fits them best",
        f"{_FEWER} leave fewer that fit alike; else {_NAMER}.",
    ),
    "exclusive fit": Rule(
        0.6, 0.4, "of the sampled conversations fit their cluster alone",
        f"Clusters overlap: {_FEWER[0].lower()}{_FEWER[1:]} join them. A list facet (--cluster-by) puts a "
        "conversation with several requests into several clusters.",
    ),
    "uniqueness": Rule(
        0.9, 0.75, "of the nearest pairs of clusters of the base are about different things",
        f"{_FEWER}, or join the pairs that are listed.",
    ),
    "name faithfulness": Rule(
        0.8, 0.6, "of the members were told by the name of their cluster",
        f"Names say too little: {_NAMER}, or {_MORE}.",
    ),
    "facet faithfulness": Rule(
        0.95, 0.85, "of the sampled facet texts say what their conversation says",
        "A stronger model to extract (--model extract=PROVIDER/MODEL), more of long conversations "
        "(--conversation-tokens), or a prompt of your own (--prompt extract=FILE).",
    ),
    "privacy of texts": Rule(
        0.98, 0.95, "of the texts passed the auditor",
        "Withhold more before publishing (--audit-below, higher; --audit-sample, larger); a stronger model to extract, "
        "or a prompt of your own that asks for less detail (--prompt extract=FILE).",
    ),
    "judge's agreement": Rule(
        0.75, 0.5, "is the judge's kappa with itself",
        "A stronger judge (--model): figures by one that contradicts itself, those above too, say little.",
    ),
    "human agreement": Rule(
        0.6, 0.4, "is the judge's kappa with people",
        "A stronger judge (--model), or a judging prompt of your own (--prompt); and let two people label the same, to "
        "see how far people agree.",
    ),
    "reconstruction": Rule(
        0.9, 0.75, "of the conversations are in clusters whose category is theirs",
        f"{_MORE[0].upper()}{_MORE[1:]} hold fewer categories each; facets in one language, which a model gives "
        "(--model extract=PROVIDER/MODEL), bring together what is said in several.",
    ),
    "topics": Rule(
        0.75, 0.5, "is the mutual information (normalised) with the known topics, at the level nearest in number",
        f"{_MORE[0].upper()}{_MORE[1:]} where completeness is the higher figure, fewer where homogeneity is; where "
        "clusters go by language, a model that extracts (--model extract=PROVIDER/MODEL).",
    ),
    "personal details": Rule(
        0.0, 0.0, "of what single people gave away is published",
        "Do not publish this atlas, and tell us: thresholds and the count of words should have kept it back.",
    ),
    "groups": Rule(
        0.9, 0.6, "of the conversations of groups are in one base cluster each",
        f"{_FEWER} split groups less often.",
    ),
    "trends": Rule(
        0.8, 0.5, "of the topics that grow or shrink are seen to do so",
        f"{_FEWER} have figures by month or week that can be released; so have more conversations.",
    ),
}  # fmt: skip
"""By measure. The first line of a measure is what its rule judges."""

EXTRACTED = f"{_OVERLAP} A list facet (--cluster-by) keeps conversations about several things apart."
"""What to try for a low silhouette where a model extracts already."""

ARRANGED = (
    "A model arranged this hierarchy, by meaning and not by place: ask a judge for the fit at each level (--model) "
    "before changing anything. Else more clusters at the top (--top-clusters), or another level (--branching, "
    "smaller)."
)
"""What to try for a low consistency where a model arranges already."""


def judged(
    name: str,
    lines: Sequence[Line],
    *,
    notes: Sequence[str] = (),
    listed: Listed | None = None,
    advice: str | None = None,
) -> Measure:
    """A measure with what its rule says of the first of its lines; where that one is withheld, nothing is said.

    ``advice`` stands in the place of the rule's, where that does not fit how the run was made.
    """
    lines = tuple(line.rounded() for line in lines)
    rule, first = RULES[name], lines[0]
    if first.value is None:
        return Measure(name, QUESTIONS[name], "not measured", first.of, lines, notes=tuple(notes))
    standing = rule.standing(first.value)
    return Measure(
        name,
        QUESTIONS[name],
        standing,
        f"{shown(first)} {rule.means}.",
        lines,
        "" if standing == "good" else rule.advice if advice is None else advice,
        rule.told(first.share),
        tuple(notes),
        listed,
    )


def shown(line: Line) -> str:
    """A figure with its interval as people read it: ``89% (85% to 92%)``."""
    if line.value is None:
        return "withheld"
    told = [whole_percents(v) if line.share else f"{v:.3f}" for v in (line.value, line.low, line.high) if v is not None]
    return told[0] if len(told) < 3 else f"{told[0]} ({told[1]} to {told[2]})"


def whole_percents(share: float) -> str:
    """``89%``; what is neither none nor all is never shown as if it were."""
    if 0 < share < 0.01:
        return "<1%"
    return ">99%" if 0.99 < share < 1 else f"{share:.0%}"
