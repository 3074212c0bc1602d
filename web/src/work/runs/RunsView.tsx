import { useState } from "preact/hooks";
import { useAsked } from "../../parts/asked";
import { INITIAL } from "../../state/state";
import { useAddress } from "../../state/store";
import { StateLink } from "../../parts/StateLink";
import { askRuns, listExport } from "../asking";
import { TakeFromServer } from "../parts/TakeFromServer";
import { HowToStart } from "./HowToStart";
import type { HomeProps } from "./HomeView";
import { isUnderWay, listedOf } from "./listing";
import { RunCard } from "./RunCard";
import { StartView } from "./StartView";

/** The runs in the folder that is served, and the way into each; where there is none, the way to the first. */
export function RunsView({ source, may, mayOnSome }: HomeProps) {
  const { run: watched } = useAddress();
  const [round, setRound] = useState(0);
  const [maySee, mayStart] = [mayOnSome.has("start_runs"), may.has("start_runs")];
  const { value, problem } = useAsked(`runs ${round} ${maySee} ${watched}`, async () => {
    const [atlases, runs] = await Promise.all([source.atlases(), maySee ? askRuns() : null]);
    return {
      listed: listedOf(atlases, runs),
      canStart: mayStart ? (runs?.can_start ?? null) : null,
      canResume: runs?.can_start === true,
    };
  });
  const listed = value?.listed ?? [];
  if (value && listed.length === 0 && value.canStart) return <StartView source={source} first />;
  return (
    <main class="prose-page runs" id="main" tabIndex={-1}>
      <div class="page-head">
        <h1>Runs</h1>
        {value?.canStart && (
          <StateLink className="button primary" to={{ ...INITIAL, home: "start" }}>
            Start a run
          </StateLink>
        )}
      </div>
      {listed.length > 0 && mayOnSome.has("export") && (
        <TakeFromServer title="List of runs" addressOf={listExport} />
      )}
      {problem && <p class="warning">{problem}</p>}
      {!value && !problem && <p role="status">Opening…</p>}
      {value && listed.length === 0 && (
        <p class="lead">
          There is no run here yet. <code>clioscope demo</code> makes one from invented conversations, and{" "}
          <code>clioscope run</code> one of your own.
        </p>
      )}
      {listed.length > 0 && (
        <ul class="run-list">
          {listed.map((one) => (
            <li key={one.id}>
              <RunCard
                listed={one}
                canResume={value?.canResume === true}
                onChange={() => setRound((before) => before + 1)}
              />
            </li>
          ))}
        </ul>
      )}
      {value?.canStart === false && !listed.some((one) => isUnderWay(one.run)) && <HowToStart />}
    </main>
  );
}
