import type { Cluster } from "../../api";
import type { Swatch } from "../../map/props";
import type { Figure } from "../../model/figures";
import { EditedMark } from "../../parts/EditedMark";
import { ConcernText, CountText, GrowthText, MiniBar, ShareText } from "../../parts/Figures";
import { Mark } from "../../parts/Mark";
import { Name } from "../../parts/Name";
import type { Column } from "./columns";

interface Props {
  readonly cluster: Cluster;
  readonly columns: readonly Column[];
  readonly figure: Figure;
  readonly swatch: Swatch | undefined;
  readonly period: string | null;
  /** The largest share, for the bar. */
  readonly most: number;
  /** From 1, the head being 1. */
  readonly number: number;
  readonly selected: boolean;
  readonly hovered: boolean;
  readonly focusable: boolean;
  readonly onSelect: () => void;
  readonly onHover: (over: boolean) => void;
}

export function TableRow(props: Props) {
  const { columns, number, selected, hovered } = props;
  return (
    <div
      role="row"
      aria-rowindex={number}
      class={`table-row ${selected ? "selected" : ""} ${hovered ? "hovered" : ""}`}
      onClick={props.onSelect}
      onMouseEnter={() => props.onHover(true)}
      onMouseLeave={() => props.onHover(false)}
    >
      {columns.map((column) => (
        <div role="cell" key={column.key} class={`cell-${column.key}`}>
          <Cell column={column} {...props} />
        </div>
      ))}
    </div>
  );
}

function Cell({ column, cluster, figure, swatch, period, ...is }: Props & { column: Column }) {
  switch (column.key) {
    case "name":
      return (
        <button
          type="button"
          class="row-button"
          data-row={cluster.id}
          tabIndex={is.focusable ? 0 : -1}
          aria-pressed={is.selected}
          title={cluster.name.length > 50 ? cluster.name.slice(0, 300) : undefined}
        >
          {swatch && <Mark swatch={swatch} />}
          <span class="two-lines">
            <Name text={cluster.name} />
            <EditedMark cluster={cluster} />
          </span>
        </button>
      );
    case "size":
      return <CountText value={figure.count?.conversations} />;
    case "people":
      return <CountText value={figure.count?.users} />;
    case "share":
      return (
        <span class="with-bar">
          <MiniBar share={figure.share} most={is.most} />
          <ShareText value={figure.share} />
        </span>
      );
    case "growth":
      return <GrowthText growth={figure.growth} period={period} />;
    default:
      return <ConcernText concern={figure.concern} />;
  }
}
