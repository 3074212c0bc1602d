import { filterName } from "../model/filtering";
import { type Shown, useOpened } from "./atlas_context";

/** On paper alone: where the figures come from, and what they stand on. */
export function PrintedFrom({ shown }: { shown: Shown }) {
  const { atlas } = useOpened();
  const { filter } = shown;
  return (
    <div class="print-only">
      <p>
        Clioscope {atlas.made_by.clioscope}: run {atlas.run}, hierarchy by {atlas.facet}
        {filter && `, ${filterName(filter)}`}. {atlas.guarantee}
      </p>
      <p>Atlas SHA-256 {atlas.digest}</p>
    </div>
  );
}
