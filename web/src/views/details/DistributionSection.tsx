import { useRef } from "preact/hooks";
import { type Attribute, EVERYTHING } from "../../api";
import type { NarrowedCells } from "../../model/asking";
import { levelOf } from "../../model/cells";
import { distributionOf } from "../../model/distribution";
import { besides, filterName, narrowed, partsOf } from "../../model/filtering";
import { attributeName, NOT_RELEASED, unitOf, valueName } from "../../model/words";
import { type Bar, Bars } from "../../parts/Bars";
import type { Filter } from "../../state/state";
import { useAddress } from "../../state/store";
import { type Shown, useCells, useOpened } from "../atlas_context";

/** Below this part of a cluster, what is not released is left out: it may be rounding alone. */
const LEAST_REST = 0.02;
const MOST_BARS = 12;

interface Props {
  readonly attribute: Attribute;
  readonly cluster: string;
  readonly shown: Shown;
}

/** How one attribute is spread within a cluster. */
export function DistributionSection({ attribute, cluster, shown }: Props) {
  const { atlas, hierarchy } = useOpened();
  const { filter } = shown;
  const { cells, problem } = useShownCells(attribute.name, shown);
  const name = attributeName(attribute.name);
  const bars = cells && barsOf(attribute, cluster, cells, filter);
  const rest = besides(filter, attribute.name);
  return (
    <section class="details-section">
      <h3>{name}</h3>
      {filter && rest !== filter && (
        <p class="note">
          Of all {rest ? `under ${filterName(rest)}` : `its ${unitOf(atlas)}`}, not of{" "}
          {valueName(attribute.name, heldAt(filter, attribute.name))} alone.
        </p>
      )}
      {problem && <p class="note">{problem}</p>}
      {bars && bars.length > 0 && <Bars bars={bars} label={name} unit={unitOf(atlas)} />}
      {bars && bars.length === 0 && (
        <p class="not-released">{cells?.why(levelOf(hierarchy.byId.get(cluster))) ?? NOT_RELEASED}</p>
      )}
    </section>
  );
}

/** The cells by `attribute` under the filter that is shown: those of the address may come before its counts, or after. */
function useShownCells(attribute: string, shown: Shown) {
  const { filter } = useAddress();
  const { value, current, problem } = useCells(attribute, filter);
  const last = useRef<{ readonly filter: Filter | null; readonly cells: NarrowedCells } | null>(null);
  if (current && value && shown.filter === filter) last.current = { filter, cells: value };
  const cells = last.current?.filter === shown.filter ? last.current.cells : null;
  return { cells, problem };
}

const heldAt = (filter: Filter, attribute: string) =>
  partsOf(filter).find((part) => part.attribute === attribute)?.value ?? "";

function barsOf(attribute: Attribute, cluster: string, cells: NarrowedCells, filter: Filter | null): Bar[] {
  const found = distributionOf(attribute, cluster, cells);
  if (!found) return [];
  const bars: Bar[] = found.slices.slice(0, MOST_BARS).map((slice) => ({
    label: valueName(attribute.name, slice.value),
    conversations: slice.count.conversations,
    share: slice.share,
    overall: cluster === EVERYTHING ? null : slice.overall,
    to: { filter: narrowed(filter, { attribute: attribute.name, value: slice.value }) },
  }));
  const more = found.slices.slice(MOST_BARS);
  if (more.length > 0) {
    const share = more.reduce((sum, slice) => sum + slice.share, 0);
    bars.push({ label: `${more.length} more values`, conversations: null, share, overall: null });
  }
  if (found.rest >= LEAST_REST) {
    bars.push({ label: NOT_RELEASED, conversations: null, share: found.rest, overall: null, hatched: true });
  }
  return bars;
}
