import type { Cluster } from "../../api";
import { formatShare } from "../../model/words";

const WORDS = ["weak", "fair", "good"] as const;

/** How far the name and the members can be relied on, and what the auditor said. */
export function QualitySection({ cluster }: { cluster: Cluster }) {
  return (
    <section class="details-section">
      <h3>How sure this is</h3>
      <dl class="quality">
        <Line
          term="Name"
          value={confidence(cluster.name_confidence)}
          why="How much nearer the name is to this cluster than to others."
        />
        <Line
          term="Fit"
          value={confidence(cluster.fit)}
          why="How much nearer its conversations are to it than to the next cluster."
        />
        <Line
          term="Privacy score"
          value={cluster.audit_score === null ? null : `${cluster.audit_score} of 5`}
          why="The auditor’s score of name and description, 5 being the safest."
        />
      </dl>
    </section>
  );
}

function Line({ term, value, why }: { term: string; value: string | null; why: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>
        {value ?? <span class="not-released">not known</span>}
        <span class="note"> {why}</span>
      </dd>
    </div>
  );
}

function confidence(value: number | null): string | null {
  if (value === null) return null;
  return `${WORDS[value < 0.2 ? 0 : value < 0.5 ? 1 : 2]} (${formatShare(value)})`;
}
