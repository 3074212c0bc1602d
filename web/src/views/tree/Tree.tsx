import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Colouring } from "../../model/colouring";
import { largestShare, NO_FIGURE } from "../../model/figures";
import { useVirtual } from "../../parts/virtual";
import { setHovered, useHovered } from "../../state/hover";
import { useAddress, useStore } from "../../state/store";
import { type Shown, tellsConcern, tellsGrowth, timeOf, useOpened } from "../atlas_context";
import { useSelect } from "../select";
import { foundWithin, moveFor, type Row, typedRow, visibleRows } from "./rows";
import { TreeHead } from "./TreeHead";
import { TreeRow } from "./TreeRow";

const ROW_HEIGHT = 58;
const TYPING_ENDS_MS = 800;

interface Props {
  readonly shown: Shown;
  readonly colouring: Colouring;
  readonly found: ReadonlySet<string> | null;
}

/** The clusters as a WAI-ARIA tree: one row can be reached by Tab, arrows go on from there. */
export function Tree({ shown, colouring, found }: Props) {
  const { atlas, hierarchy } = useOpened();
  const { open, sort, cluster: selected } = useAddress();
  const store = useStore();
  const select = useSelect();
  const hovered = useHovered();
  const openSet = useMemo(() => new Set(open), [open]);
  const rows = useMemo(
    () => visibleRows(hierarchy, shown.figures, openSet, sort),
    [hierarchy, shown.figures, openSet, sort],
  );
  const most = largestShare(hierarchy.roots, shown.figures);
  const within = useMemo(() => foundWithin(hierarchy, found), [hierarchy, found]);
  const scroller = useRef<HTMLDivElement>(null);
  const window = useVirtual(scroller, rows.length, ROW_HEIGHT);
  const focus = useRovingFocus(rows, selected, scroller, window.reveal);
  const typing = useTyping();

  const tells = {
    growth: tellsGrowth(atlas, shown.filter),
    concern: tellsConcern(atlas, shown.filter),
  };
  const toggle = (row: Row) => {
    const next = row.expanded ? open.filter((id) => id !== row.cluster.id) : [...open, row.cluster.id];
    store.set({ open: next });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows[focus.at];
    if (!row) return;
    if (event.key === "Enter" || event.key === " ") select(row.cluster.id);
    else {
      const move = moveFor(event.key, rows, focus.at);
      if (move && "to" in move) focus.move(move.to);
      else if (move && "open" in move) store.set({ open: [...new Set([...open, ...move.open])] });
      else if (move && "close" in move) store.set({ open: open.filter((id) => id !== move.close) });
      else if (event.key.length === 1 && event.key.trim() !== "" && event.key !== "*") {
        const to = typedRow(rows, focus.at, typing(event.key));
        if (to !== null) focus.move(to);
      } else return;
    }
    event.preventDefault();
  };

  return (
    <>
      <TreeHead />
      <div class="tree-scroll" ref={scroller}>
        <div role="tree" aria-label="Clusters" class="tree" style={window.room} onKeyDown={onKeyDown}>
          {rows.slice(window.first, window.end).map((row) => (
            <TreeRow
              key={row.cluster.id}
              row={row}
              figure={shown.figures.get(row.cluster.id) ?? NO_FIGURE}
              swatch={colouring.swatches[colouring.of(row.cluster.id)]}
              period={timeOf(atlas)}
              tells={tells}
              selected={row.cluster.id === selected}
              hovered={row.cluster.id === hovered}
              found={found?.has(row.cluster.id) ? true : (within.get(row.cluster.id) ?? 0)}
              most={most}
              faint={found !== null && !found.has(row.cluster.id) && !within.has(row.cluster.id)}
              focusable={row === rows[focus.at]}
              onToggle={() => toggle(row)}
              onSelect={() => {
                focus.move(row.cluster.id);
                select(row.cluster.id);
              }}
              onHover={(over) => setHovered(over ? row.cluster.id : null)}
            />
          ))}
        </div>
      </div>
    </>
  );
}

/** Which row Tab reaches, and moving the focus to another, also to one that is not drawn yet. */
function useRovingFocus(
  rows: readonly Row[],
  selected: string | null,
  scroller: { readonly current: HTMLElement | null },
  reveal: (index: number) => void,
) {
  const [active, setActive] = useState<string | null>(null);
  const wanted = useRef<string | null>(null);
  const indexOf = (id: string | null) => rows.findIndex((row) => row.cluster.id === id);
  const at = Math.max(0, indexOf(active ?? selected));

  // Only a new selection scrolls, not every new row. Before the next key comes, which goes on from here.
  useLayoutEffect(() => {
    if (selected === null) return;
    setActive(selected);
    const index = indexOf(selected);
    if (index >= 0) reveal(index);
  }, [selected]);

  useLayoutEffect(() => {
    if (wanted.current === null) return;
    const element = scroller.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(wanted.current)}"]`);
    if (!element) return;
    wanted.current = null;
    element.focus({ preventScroll: true });
  });

  return {
    at,
    move(id: string) {
      wanted.current = id;
      setActive(id);
      const index = indexOf(id);
      if (index >= 0) reveal(index);
    },
  };
}

/** Letters typed soon after one another, together. */
function useTyping(): (key: string) => string {
  const typed = useRef({ text: "", at: 0 });
  return (key) => {
    const now = performance.now();
    const text = now - typed.current.at < TYPING_ENDS_MS ? typed.current.text + key : key;
    typed.current = { text, at: now };
    return text;
  };
}
