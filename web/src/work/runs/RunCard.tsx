import type { AtlasEntry, RunEntry } from "../../api";
import { formatDollars, formatNumber } from "../../model/words";
import { Name } from "../../parts/Name";
import { INITIAL } from "../../state/state";
import { useAddress } from "../../state/store";
import { StateLink } from "../../parts/StateLink";
import { Time } from "../parts/Time";
import { isUnderWay, type Listed } from "./listing";
import { RunActions } from "./RunActions";
import { RunProgress } from "./RunProgress";

interface Props {
  readonly listed: Listed;
  readonly canResume: boolean;
  /** Something changed that the list should show. */
  readonly onChange: () => void;
}

/** One run: how it is doing, what came of it, and what can be done about it. */
export function RunCard({ listed, canResume, onChange }: Props) {
  const { run: watched } = useAddress();
  const { run, atlas } = listed;
  const canOpen = atlas?.status === "finished" && atlas.problem === null;
  const status = run?.status ?? atlas?.status ?? "failed";
  const problem = run?.problem ?? atlas?.problem ?? null;
  const showsProgress = run !== null && (isUnderWay(run) || watched === run.id);
  return (
    <article class={`run ${canOpen ? "can-open" : ""}`} aria-label={atlas?.run ?? listed.id}>
      <h2 class="cut">
        {canOpen ? (
          <StateLink to={{ ...INITIAL, atlas: atlas.id }}>
            <Name text={atlas.run} />
          </StateLink>
        ) : (
          <Name text={atlas?.run ?? listed.id} />
        )}
        {atlas?.facet && (
          <span class="facet">
            {" "}
            by <Name text={atlas.facet} />
          </span>
        )}
      </h2>
      <span class={`status ${status}`}>{status}</span>
      {problem !== null && <p class="note problem">{problem}</p>}
      {run && <StartedFrom run={run} />}
      {atlas && <RunFacts entry={atlas} />}
      {showsProgress && <RunProgress key={run.attempts} run={run} onEnd={onChange} />}
      {run && <RunActions run={run} canOpen={canOpen} canResume={canResume} onChange={onChange} />}
    </article>
  );
}

function StartedFrom({ run }: { run: RunEntry }) {
  return (
    <p class="note">
      On <Name text={run.source} />, started by <Name text={run.started_by} />, <Time time={run.started} />
      {run.attempts > 1 && `, resumed ${run.attempts === 2 ? "once" : `${run.attempts - 1} times`}`}
    </p>
  );
}

function RunFacts({ entry }: { entry: AtlasEntry }) {
  const facts = factsOf(entry);
  if (facts.length === 0) return null;
  return (
    <dl class="run-facts">
      {facts.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd class="figure">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function factsOf(entry: AtlasEntry): [string, string][] {
  const facts: [string, string][] = [];
  if (entry.conversations !== null) facts.push(["Conversations", formatNumber(entry.conversations)]);
  if (entry.users !== null) facts.push(["People", formatNumber(entry.users)]);
  if (entry.levels.length > 0)
    facts.push(["Clusters", [...entry.levels].reverse().map(formatNumber).join(" › ")]);
  if (entry.profile) facts.push(["Profile", entry.profile]);
  const least = [
    entry.min_users === null ? null : `${formatNumber(entry.min_users)} people`,
    entry.min_conversations === null ? null : `${formatNumber(entry.min_conversations)} conversations`,
  ].filter((part) => part !== null);
  if (least.length > 0) facts.push(["Each figure, at least", least.join(", ")]);
  const cost = costOf(entry);
  if (cost !== null) facts.push(["Cost", cost]);
  return facts;
}

/** What the answers cost; a run that asked no model, and one whose answers came in files, says that. */
export function costOf(entry: Pick<AtlasEntry, "answers" | "cost">): string | null {
  if (entry.answers === "nobody") return "none: no model was asked";
  if (entry.answers === "files" && !entry.cost) return "not known: answers came in files";
  return entry.cost === null ? null : formatDollars(entry.cost);
}
