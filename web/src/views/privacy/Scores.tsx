import { scoreName, SCORES, scoresByLevel } from "../../model/scores";
import { formatNumber, levelName } from "../../model/words";
import { useOpened } from "../atlas_context";

/** What the auditor said of names and descriptions, level by level. */
export function Scores() {
  const { hierarchy } = useOpened();
  const levels = scoresByLevel(hierarchy.released);
  return (
    <section class="scores">
      <h3>The auditor’s scores of names and descriptions</h3>
      <div class="two-columns">
        {levels.map(({ level, clusters, counts }) => {
          const name = levelName(level, hierarchy.levels.length);
          const most = Math.max(1, ...counts);
          return (
            <section key={level}>
              <h4>
                {name} <span class="note">{formatNumber(clusters)}</span>
              </h4>
              <ul class="bars" aria-label={`Scores of the ${name.toLowerCase()}`}>
                {counts.map((count, i) => (
                  <li key={i}>
                    <span class="bar-label">{scoreName(SCORES[i] ?? null)}</span>
                    <span class="bar-track" aria-hidden="true">
                      <span class="bar-fill" style={{ width: `${(count / most) * 100}%` }} />
                    </span>
                    <span class="bar-number figure">{count === 0 ? "none" : formatNumber(count)}</span>
                  </li>
                ))}
              </ul>
            </section>
          );
        })}
      </div>
      <p class="note">
        Of all clusters that were released, and of what they were released with: what people wrote since is
        not scored.
      </p>
    </section>
  );
}
