import { EVERYTHING } from "../../api";
import { levelOf } from "../../model/cells";
import { NO_FIGURE, periodsOf } from "../../model/figures";
import { capital, NOT_RELEASED, openBy, unitOf, valueName } from "../../model/words";
import { growthSentence } from "../../parts/Figures";
import { TimeChart } from "../../parts/TimeChart";
import { countEstimate } from "../../statistics/share";
import { type Shown, tellsGrowth, timeOf, useOpened } from "../atlas_context";

/** How large a cluster was in each period, and whether its share grew. */
export function TimeSection({ cluster, shown }: { cluster: string; shown: Shown }) {
  const { atlas, hierarchy, precision } = useOpened();
  const period = timeOf(atlas);
  if (period === null || !tellsGrowth(atlas, shown.filter)) return null;
  if (shown.loading) return null;
  const periods = shown.time ? periodsOf(cluster, shown.time) : [];
  const points = periods.map(({ name, part }) => ({
    label: shortName(period, name),
    estimate: part && countEstimate(part, precision),
  }));
  const unit = unitOf(atlas);
  const { growth } = shown.figures.get(cluster) ?? NO_FIGURE;
  return (
    <section class="details-section">
      <h3>Over time</h3>
      {points.some((point) => point.estimate) ? (
        <>
          <TimeChart points={points} label={`${capital(unit)} by ${period}`} unit={unit} />
          <p class="note">
            {cluster !== EVERYTHING &&
              (growth
                ? `${growthSentence(growth, period)} `
                : "Growth is not told: its first or last period is not released. ")}
            Lines show 95% of what {openBy(atlas)} leave open.
          </p>
        </>
      ) : (
        <p class="not-released">{shown.time?.why(levelOf(hierarchy.byId.get(cluster))) ?? NOT_RELEASED}</p>
      )}
    </section>
  );
}

/** `Jun 26` in place of `Jun 2026`: many stand side by side. */
function shortName(period: string, name: string): string {
  return valueName(period, name)
    .replace(/\b20(\d\d)$/, "’$1")
    .replace(/^Week (\d+), /, "W$1 ");
}
