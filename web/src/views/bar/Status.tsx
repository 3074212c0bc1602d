import { filterName } from "../../model/filtering";
import { exactness, formatNumber, unitOf } from "../../model/words";
import { whyNotReleased } from "../../model/why";
import { type Shown, useOpened } from "../atlas_context";

/** What all figures are of, and what they stand on. */
export function Status({ shown, level }: { shown: Shown; level: number }) {
  const { atlas, privacy } = useOpened();
  const { filter, total } = shown;
  const why = shown.why(level);
  if (shown.loading) {
    return (
      <footer class="status-bar">
        <p role="status">{shown.problem === null ? "Loading figures…" : "No figures"}</p>
      </footer>
    );
  }
  return (
    <footer class="status-bar">
      <p role="status" class="figure">
        {total ? `${formatNumber(total.conversations)} ${unitOf(atlas)}` : "Not released"}
        {total?.users != null && atlas.counted !== "user" && ` of ${formatNumber(total.users)} people`}
        {filter && `, ${filterName(filter)}`}
      </p>
      {why && <p class="why-nothing">{why}</p>}
      <p class="cut">
        {exactness(atlas)} {whyNotReleased(privacy)}
      </p>
    </footer>
  );
}
