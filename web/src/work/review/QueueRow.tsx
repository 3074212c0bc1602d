import type { ReviewItem } from "../../api";
import { formatChange, formatMean, formatNumber, NOT_RELEASED } from "../../model/words";
import { EditedMark } from "../../parts/EditedMark";
import { Name } from "../../parts/Name";
import type { ReviewState } from "../../state/state";
import { setHovered } from "../../state/hover";
import { concernOf, timeOf, useOpened } from "../../views/atlas_context";
import { StateButtons } from "./StateButtons";

interface Props {
  readonly item: ReviewItem;
  /** Its place among `of` rows, from 1. */
  readonly number: number;
  readonly of: number;
  readonly selected: boolean;
  readonly focusable: boolean;
  readonly onSelect: () => void;
  readonly onDecide: (state: ReviewState) => void;
}

export function QueueRow({ item, number, of, selected, focusable, onSelect, onDecide }: Props) {
  const { atlas, hierarchy } = useOpened();
  const cluster = hierarchy.byId.get(item.cluster);
  if (!cluster) return null;
  return (
    <li
      class={`queue-row ${selected ? "selected" : ""} ${item.state}`}
      aria-posinset={number}
      aria-setsize={of}
      onMouseEnter={() => setHovered(item.cluster)}
      onMouseLeave={() => setHovered(null)}
    >
      <span class="queue-number figure" aria-hidden="true">
        {formatNumber(number)}
      </span>
      <button
        type="button"
        class="row-button queue-name"
        data-row={item.cluster}
        tabIndex={focusable ? 0 : -1}
        aria-pressed={selected}
        onClick={onSelect}
      >
        <span class="two-lines">
          <Name text={cluster.name} />
          <EditedMark cluster={cluster} />
        </span>
      </button>
      <dl class="queue-figures">
        {concernOf(atlas) !== null && (
          <Figure term="concern" value={item.concern === null ? null : formatMean(item.concern)} />
        )}
        {timeOf(atlas) !== null && (
          <Figure term="growth" value={item.growth === null ? null : formatChange(item.growth)} />
        )}
        <Figure term="size" value={item.conversations === null ? null : formatNumber(item.conversations)} />
      </dl>
      <span class="queue-state">
        {item.notes > 0 && <span class="badge">{item.notes === 1 ? "1 note" : `${item.notes} notes`}</span>}
        <StateButtons state={item.state} onDecide={onDecide} focusable={focusable} />
      </span>
    </li>
  );
}

function Figure({ term, value }: { term: string; value: string | null }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd class={value === null ? "not-released" : "figure"}>{value ?? NOT_RELEASED}</dd>
    </div>
  );
}
