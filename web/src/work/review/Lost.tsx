import type { LostReview } from "../../api";
import { levelName } from "../../model/words";
import { Name } from "../../parts/Name";
import { useOpened } from "../../views/atlas_context";
import { History } from "./History";
import { STATE_NAMES } from "./queue";

/** What was said of clusters that are not in this release. */
export function Lost({ lost }: { lost: readonly LostReview[] }) {
  const { hierarchy } = useOpened();
  if (lost.length === 0) return null;
  return (
    <section class="work-section">
      <h3>Not in this release</h3>
      <p class="note">They are kept, and come back with their clusters.</p>
      {lost.map((one, i) => (
        <details key={i}>
          <summary>
            <Name text={one.name} /> <span class="badge">{STATE_NAMES[one.state].toLowerCase()}</span>{" "}
            <span class="note">{levelName(one.level, hierarchy.levels.length).toLowerCase()}</span>
          </summary>
          <History events={one.history} />
        </details>
      ))}
    </section>
  );
}
