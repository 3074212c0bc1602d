import { useMemo, useRef } from "preact/hooks";
import type { Colouring } from "../../model/colouring";
import { largestShare, NO_FIGURE } from "../../model/figures";
import { levelName } from "../../model/words";
import { sorted } from "../../model/sorting";
import { useRowKeys } from "../../parts/row_keys";
import { useVirtual } from "../../parts/virtual";
import { setHovered, useHovered } from "../../state/hover";
import { useAddress } from "../../state/store";
import { type Shown, timeOf, useOpened } from "../atlas_context";
import { useSelect } from "../select";
import { columnsOf } from "./columns";
import { TableHead } from "./TableHead";
import { TableRow } from "./TableRow";

const ROW_HEIGHT = 44;
const HEAD_HEIGHT = 34;

interface Props {
  readonly shown: Shown;
  readonly colouring: Colouring;
  readonly level: number;
  readonly found: ReadonlySet<string> | null;
}

/** Every cluster of one level, in any order. */
export function Table({ shown, colouring, level, found }: Props) {
  const { atlas, hierarchy } = useOpened();
  const { sort, cluster: selected } = useAddress();
  const select = useSelect();
  const hovered = useHovered();
  const columns = columnsOf(atlas, shown.filter);
  const rows = useMemo(() => {
    const all = hierarchy.levels[level] ?? [];
    return sorted(found ? all.filter((cluster) => found.has(cluster.id)) : all, shown.figures, sort);
  }, [hierarchy, level, shown.figures, sort, found]);
  const most = largestShare(rows, shown.figures);
  const scroller = useRef<HTMLDivElement>(null);
  const window = useVirtual(scroller, rows.length, ROW_HEIGHT, HEAD_HEIGHT);
  const ids = useMemo(() => rows.map((row) => row.id), [rows]);
  const { active, onKeyDown } = useRowKeys(ids, selected, scroller, window.reveal);

  if (rows.length === 0) return <NothingFound level={levelName(level, hierarchy.levels.length)} />;
  return (
    <div class="table-scroll" ref={scroller}>
      <div
        role="table"
        aria-label={levelName(level, hierarchy.levels.length)}
        aria-rowcount={rows.length + 1}
        class={`table columns-${columns.length}`}
        onKeyDown={onKeyDown}
      >
        <TableHead columns={columns} />
        <div role="rowgroup" style={window.room}>
          {rows.slice(window.first, window.end).map((cluster, i) => (
            <TableRow
              key={cluster.id}
              cluster={cluster}
              columns={columns}
              figure={shown.figures.get(cluster.id) ?? NO_FIGURE}
              swatch={colouring.swatches[colouring.of(cluster.id)]}
              period={timeOf(atlas)}
              most={most}
              number={window.first + i + 2}
              selected={cluster.id === selected}
              hovered={cluster.id === hovered}
              focusable={cluster.id === active}
              onSelect={() => select(cluster.id)}
              onHover={(over) => setHovered(over ? cluster.id : null)}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

function NothingFound({ level }: { level: string }) {
  return (
    <p class="empty">
      Nothing was found among the {level.toLowerCase()}. Choose another level, or take the search back.
    </p>
  );
}
