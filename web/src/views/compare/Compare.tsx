import { useMemo, useRef } from "preact/hooks";
import type { Atlas } from "../../api";
import { type Compared, comparisonOf, isClearRatio, namesOf } from "../../model/comparing";
import { isHeld, queryOf } from "../../model/filtering";
import { whyNotReleased } from "../../model/why";
import { attributeName, openBy } from "../../model/words";
import { useWide } from "../../parts/media";
import { Name } from "../../parts/Name";
import { useVirtual } from "../../parts/virtual";
import type { Comparison } from "../../state/state";
import { useAddress, useStore } from "../../state/store";
import { type Shown, useCells, useOpened } from "../atlas_context";
import { CompareChoice } from "./CompareChoice";
import { CompareRow } from "./CompareRow";
import { type LogScale, logScale } from "./scale";

/** The same as in the style sheet. */
const ROW_HEIGHT = { wide: 52, narrow: 96 };
const HEAD_HEIGHT = 46;

interface Props {
  readonly shown: Shown;
  readonly level: number;
}

/** Two selections side by side: what each has more of. */
export function Compare({ shown, level }: Props) {
  const { compare: comparison } = useAddress();
  return (
    <div class="compare">
      <CompareChoice />
      {comparison ? (
        <Rows shown={shown} level={level} comparison={comparison} />
      ) : (
        <p class="empty">
          Choose two selections, such as two languages or two months. Every cluster is then shown with its
          share of each, and how many times more common it is in the first.
        </p>
      )}
    </div>
  );
}

function Rows({ shown, level, comparison }: Props & { comparison: Comparison }) {
  const { atlas, privacy, hierarchy } = useOpened();
  const { rows, problem, waiting, why } = useComparison(shown, level, comparison);
  const names = namesOf(comparison);
  const { clear } = useAddress();
  const store = useStore();
  const told = rows.filter((row) => row.ratio);
  const sides = [comparison.a, ...(comparison.b ? [comparison.b] : [])];
  const alone = [...new Set(sides.map((side) => side.attribute))]
    .filter((name) => isHeld(shown.filter, name))
    .map((name) => attributeName(name).toLowerCase());
  const shownRows = clear ? told.filter((row) => row.ratio && isClearRatio(row.ratio)) : rows;
  if (problem) return <p class="empty">{problem}</p>;
  if (waiting) return <p class="empty">Loading…</p>;
  if (told.length === 0) {
    const highest = hierarchy.levels.length - 1;
    const isCounted =
      sides.every((side) => queryOf(side.attribute, shown.filter) !== null) &&
      !(atlas.counted === "user" && shown.filter);
    const isAbove = hierarchy.levels.some((_, above) => above > level && why(above) === null);
    return (
      <p class="empty">
        Nothing that both sides have was released at this level. {why(level) ?? whyNotReleased(privacy)}{" "}
        {isAbove && "A higher level holds larger groups."}
        {level === highest &&
          isCounted &&
          "This is the highest level: choose sides that more people are behind, such as a commoner value, or all others as the second."}
      </p>
    );
  }
  return (
    <>
      <div class="compare-note">
        <SideKey side="a" name={names.a} />
        <SideKey side="b" name={names.b} />
        <span class="spring" />
        <label class="check">
          <input
            type="checkbox"
            checked={clear}
            onChange={(event) => store.set({ clear: event.currentTarget.checked })}
          />
          Clear differences only
        </label>
        <span class="note">
          {told.length} of {rows.length} clusters are released on both sides. Lines are 95% intervals, of{" "}
          {openBy(atlas)}.{" "}
          {alone.length > 0 && `A filter of ${alone.join(" and ")} does not narrow its own side.`}
        </span>
      </div>
      {shownRows.length > 0 ? (
        <CompareRows rows={shownRows} comparison={comparison} />
      ) : (
        <p class="empty">
          No clear difference: every interval holds that both are equal. Take the tick off “Clear differences
          only” to see all {told.length}.
        </p>
      )}
    </>
  );
}

/** What the lines of the plots below stand for. */
function Ticks({ scale }: { scale: LogScale }) {
  return (
    <svg class="ticks" width="100%" height="14" aria-hidden="true" focusable="false">
      {scale.ticks.map((tick) => (
        <text key={tick} x={`${scale.place(tick) * 100}%`} y="11" text-anchor="middle">
          {tick < 1 ? `1/${1 / tick}` : tick}
        </text>
      ))}
    </svg>
  );
}

function SideKey({ side, name }: { side: "a" | "b"; name: string }) {
  return (
    <span class="side-key">
      <span class={`bar-fill side-${side}`} aria-hidden="true" />
      <Name text={name} />
    </span>
  );
}

function CompareRows({ rows, comparison }: { rows: readonly Compared[]; comparison: Comparison }) {
  const scroller = useRef<HTMLDivElement>(null);
  const window = useVirtual(
    scroller,
    rows.length,
    useWide() ? ROW_HEIGHT.wide : ROW_HEIGHT.narrow,
    HEAD_HEIGHT,
  );
  const scale = logScale(rows.flatMap((row) => row.ratio ?? []));
  const most = Math.max(0.001, ...rows.flatMap((row) => [row.shareA ?? 0, row.shareB ?? 0]));
  const { cluster: selected } = useAddress();
  const names = namesOf(comparison, "short");
  return (
    <div class="table-scroll" ref={scroller}>
      <div
        role="table"
        class="table compare-table"
        aria-label={`${names.a} beside ${names.b}`}
        aria-rowcount={rows.length + 1}
      >
        <div role="rowgroup" class="table-head">
          <div role="row" class="table-row" aria-rowindex={1}>
            <div role="columnheader">Cluster</div>
            <div role="columnheader">Share of each</div>
            <div role="columnheader" class="ratio-head">
              <span>← {names.b}</span>
              <span>{names.a} →</span>
              <Ticks scale={scale} />
            </div>
            <div role="columnheader">Ratio</div>
          </div>
        </div>
        <div role="rowgroup" style={window.room}>
          {rows.slice(window.first, window.end).map((row, i) => (
            <CompareRow
              key={row.cluster.id}
              row={row}
              scale={scale}
              most={most}
              names={names}
              number={window.first + i + 2}
              selected={row.cluster.id === selected}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

function useComparison(shown: Shown, level: number, comparison: Comparison) {
  const { hierarchy, precision, atlas } = useOpened();
  const { filter } = useAddress();
  const a = useCells(known(atlas, comparison.a.attribute), filter);
  const b = useCells(comparison.b && known(atlas, comparison.b.attribute), filter);
  const rows = useMemo(() => {
    if (!a.value || (comparison.b && !b.value)) return [];
    return comparisonOf(hierarchy.levels[level] ?? [], comparison, a.value, b.value, precision);
  }, [a.value, b.value, comparison, hierarchy, level, precision]);
  const waiting =
    !a.problem &&
    !b.problem &&
    (!a.current || (comparison.b !== null && !b.current) || shown.filter !== filter || shown.loading);
  const why = (at: number) => a.value?.why(at) ?? (comparison.b && b.value?.why(at)) ?? null;
  return { rows, problem: a.problem ?? b.problem, waiting, why };
}

const known = (atlas: Atlas, name: string) =>
  atlas.attributes.find((attribute) => attribute.name === name)?.name ?? null;
