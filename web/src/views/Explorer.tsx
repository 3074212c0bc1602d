import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Atlas } from "../api";
import type { DensityMapHandle } from "../map/props";
import type { Exported } from "../exports/shown";
import type { NarrowedCells } from "../model/asking";
import { type Colouring, colouringOf } from "../model/colouring";
import { whyNotTold } from "../model/filtering";
import { firstLevel } from "../model/levels";
import type { Asked } from "../parts/asked";
import { useWide } from "../parts/media";
import { WaitingContext } from "../parts/Figures";
import { useMapTheme } from "../parts/theme";
import { formatAddress } from "../state/address";
import type { Colour } from "../state/state";
import { StoreContext, useAddress } from "../state/store";
import { concernOf, type Shown, timeOf, useCells, useOpened, useShown } from "./atlas_context";
import { AppBar } from "./bar/AppBar";
import { ExportMenu } from "./bar/ExportMenu";
import { Search } from "./bar/Search";
import { Status } from "./bar/Status";
import { Tools } from "./bar/Tools";
import { ViewLinks } from "./bar/ViewLinks";
import { Missed } from "./Missed";
import { Panes } from "./Panes";
import { PrintedFrom } from "./PrintedFrom";
import { useFoundIds } from "./useFound";
import { type Known, useKnown } from "./useKnown";

/** One atlas, as the address says, as far as the atlas has what it names. */
export function Explorer() {
  const known = useKnown();
  return (
    <StoreContext.Provider value={known.store}>
      <Equals known={known} />
    </StoreContext.Provider>
  );
}

/** Tree, map, table and details as linked equals, and what narrows and colours them. */
function Equals({ known }: { known: Known }) {
  const opened = useOpened();
  const { atlas, hierarchy } = opened;
  const state = useAddress();
  const wide = useWide();
  const level = state.level ?? firstLevel(hierarchy);
  const { colour, filter } = state;
  const coloured = useCells(colour.by === "attribute" ? colour.attribute : null, filter);
  const shown = useShown(filter, colour.by !== "attribute" || coloured.current || coloured.problem !== null);
  const colouring = useColouring(shown, coloured);
  const found = useFoundIds(state.search);
  const map = useRef<DensityMapHandle>(null);
  useEffect(() => {
    document.title = `${atlas.run} · Clioscope`;
  }, [atlas.run]);
  const exported = useExported(shown, level, found);
  return (
    <div class={wide ? "page wide" : "page narrow"}>
      <AppBar title={atlas.run} live={opened.source.live} session={opened.session}>
        <Search />
        <ExportMenu exported={exported} map={() => map.current} />
      </AppBar>
      <ViewLinks wide={wide} />
      <Tools wide={wide} level={level} found={found?.size ?? null} />
      <Missed known={known} problem={shown.problem} />
      <WaitingContext.Provider value={shown.loading}>
        <Panes wide={wide} shown={shown} colouring={colouring} level={level} found={found} map={map} />
      </WaitingContext.Provider>
      <Status shown={shown} level={level} />
      <PrintedFrom shown={shown} />
    </div>
  );
}

/** What files are made of: what is shown, which the address may be ahead of. */
function useExported(shown: Shown, level: number, found: ReadonlySet<string> | null): Exported {
  const opened = useOpened();
  const said = useAddress();
  const state = { ...said, filter: shown.filter, search: found ? said.search : "" };
  return { opened, shown, state, address: formatAddress(state), level, found };
}

function whyUncoloured(shown: Shown, atlas: Atlas, of: "growth" | "concern", level: number): string | null {
  const attribute = of === "growth" ? timeOf(atlas) : concernOf(atlas);
  const cells = of === "growth" ? shown.time : shown.concern;
  return (attribute && whyNotTold(attribute, shown.filter)) ?? cells?.why(level) ?? null;
}

function useColouring(shown: Shown, cells: Asked<NarrowedCells>): Colouring {
  const { atlas, hierarchy } = useOpened();
  const { colour, filter } = useAddress();
  const theme = useMapTheme();
  const { value, current, problem } = cells;
  const last = useRef<{ readonly colour: Colour; readonly made: Colouring } | null>(null);
  // As with the figures: what was before stays until the answer is there.
  const waiting = colour.by === "attribute" && problem === null && (!current || shown.filter !== filter);
  const made = useMemo(() => {
    if (waiting && last.current?.colour === colour) return last.current.made;
    return colouringOf(colour, {
      atlas,
      hierarchy,
      figures: shown.figures,
      cells: current ? value : null,
      background: theme.background,
      filter: shown.filter,
      why: (of, level) => whyUncoloured(shown, atlas, of, level),
    });
  }, [colour, atlas, hierarchy, shown, value, current, waiting, theme.background]);
  last.current = { colour, made };
  return made;
}
