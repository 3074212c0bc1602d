import type { Figure } from "../../model/figures";
import { formatMean, formatNumber, formatShare } from "../../model/words";
import { GrowthText, MiniBar, NotReleased } from "../../parts/Figures";
import { Icon } from "../../parts/Icon";
import { Mark } from "../../parts/Mark";
import { Name } from "../../parts/Name";
import type { Swatch } from "../../map/props";
import type { Row } from "./rows";

interface Props {
  readonly row: Row;
  readonly figure: Figure;
  readonly swatch: Swatch | undefined;
  readonly period: string | null;
  /** Which figures the atlas can tell under the filter. */
  readonly tells: { readonly growth: boolean; readonly concern: boolean };
  readonly selected: boolean;
  readonly hovered: boolean;
  /** How the search found it: itself, or so many within it. */
  readonly found: true | number;
  /** The largest share, for the bar. */
  readonly most: number;
  readonly faint: boolean;
  readonly focusable: boolean;
  readonly onToggle: () => void;
  readonly onSelect: () => void;
  readonly onHover: (over: boolean) => void;
}

/** One cluster in the tree: its name, and below it its figures. */
export function TreeRow({ row, figure, swatch, period, tells, onToggle, onSelect, onHover, ...is }: Props) {
  const { cluster, expanded, depth } = row;
  const nameId = `tree-name-${cluster.id}`;
  const figuresId = `tree-figures-${cluster.id}`;
  const classes = ["tree-row", is.selected && "selected", is.hovered && "hovered", is.faint && "faint"];
  return (
    <div
      role="treeitem"
      data-id={cluster.id}
      class={classes.filter(Boolean).join(" ")}
      tabIndex={is.focusable ? 0 : -1}
      aria-level={depth}
      aria-posinset={row.place}
      aria-setsize={row.siblings}
      aria-expanded={expanded ?? undefined}
      aria-selected={is.selected}
      aria-labelledby={`${nameId} ${figuresId}`}
      style={{ "--depth": depth - 1 }}
      onClick={onSelect}
      onMouseEnter={() => onHover(true)}
      onMouseLeave={() => onHover(false)}
    >
      <span
        class={`twist ${expanded ? "open" : ""}`}
        aria-hidden="true"
        onClick={(event) => {
          if (expanded === null) return;
          event.stopPropagation();
          onToggle();
        }}
      >
        {expanded !== null && <Icon name="chevron" />}
      </span>
      <span class="tree-text">
        <span class="tree-name" title={cluster.name.length > 60 ? cluster.name.slice(0, 300) : undefined}>
          {swatch && <Mark swatch={swatch} />}
          <span class="two-lines" id={nameId}>
            <Name text={cluster.name} />
          </span>
        </span>{" "}
        <span class="tree-figures" id={figuresId}>
          <RowFigures figure={figure} period={period} tells={tells} most={is.most} />{" "}
          {is.found === true && <span class="badge">found</span>}
          {typeof is.found === "number" && is.found > 0 && <span class="badge">{is.found} within</span>}
          {cluster.edited.length > 0 && <span class="badge">edited</span>}
        </span>
      </span>
    </div>
  );
}

const Missing = ({ what }: { what: string }) => (
  <span class="cut">
    {what} <NotReleased />
  </span>
);

function RowFigures({ figure, period, tells, most }: Pick<Props, "figure" | "period" | "tells" | "most">) {
  if (!figure.count) return <NotReleased />;
  return (
    <>
      <MiniBar share={figure.share} most={most} />
      <span class="figure">{formatNumber(figure.count.conversations)}</span>{" "}
      {figure.share !== null && <span class="figure">{formatShare(figure.share)}</span>}{" "}
      {figure.growth ? (
        <GrowthText growth={figure.growth} period={period} />
      ) : (
        tells.growth && <Missing what="growth" />
      )}{" "}
      {figure.concern ? (
        <span class="figure">concern {formatMean(figure.concern.mean)}</span>
      ) : (
        tells.concern && <Missing what="concern" />
      )}
    </>
  );
}
