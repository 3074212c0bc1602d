/**
 * The map by itself, for looking at it and for tests: `map.html?atlas=sample|big|hostile|FILE.json&color=cluster|ordered|diverging`.
 * What tests ask for is at `window.harness`.
 */

import { createRef, render } from "preact";
import { useState } from "preact/hooks";
import { DensityMap } from "../src/map/DensityMap";
import { chooseConversationsPerDot, placeDots } from "../src/map/dots/placement";
import { categorySwatches, divergingSwatches, orderedSwatches } from "../src/map/palettes";
import type { Coloring, DensityMapHandle, MapTheme, View } from "../src/map/props";
import { boundsOf, fitView, toScreen } from "../src/map/view";
import { type Given, generatedAtlas } from "./generated";
import { hostileNames } from "./hostile";
import sample from "./sample.json";

const LIGHT: MapTheme = {
  background: "#fbfbfa",
  ink: "#1c1f24",
  mutedInk: "#565c66",
  accent: "#1a66c2",
  line: "#c9ccd1",
};
const DARK: MapTheme = {
  background: "#15181d",
  ink: "#eceef1",
  mutedInk: "#a5acb6",
  accent: "#6aaef7",
  line: "#3a404a",
};

const asked = new URLSearchParams(location.search);
const handle = createRef<DensityMapHandle>();
const told = { selected: [] as (string | null)[], hovered: [] as (string | null)[], views: [] as View[] };

async function given(): Promise<Given> {
  const file = asked.get("atlas");
  if (file?.endsWith(".json")) return (await fetch(`./${file.replace(/[^\w.]/g, "")}`)).json();
  if (asked.get("atlas") === "big") return generatedAtlas(1_000_000, 2_000, 20_000);
  const { bins, lineage, labels } = sample as unknown as Given;
  return { bins, lineage, labels: asked.get("atlas") === "hostile" ? hostileNames(labels) : labels };
}

function coloringOf({ lineage, labels }: Given, kind: string, background: string): Coloring {
  if (kind === "ordered" || kind === "diverging") {
    const swatches = kind === "ordered" ? orderedSwatches(background) : divergingSwatches(background);
    return { by: "cluster", swatch: lineage.map((_, i) => (i * 7) % swatches.length), swatches };
  }
  const top = Math.max(...labels.map(({ level }) => level));
  const largest = labels.filter(({ level }) => level === top).sort((a, b) => b.weight - a.weight);
  const order = new Map(largest.map(({ id }, i) => [id, Math.min(i, 8)]));
  return {
    by: "cluster",
    swatch: lineage.map((line) => order.get(line[line.length - 1] as string) ?? 8),
    swatches: categorySwatches(background),
  };
}

const atlas = await given();
const names = new Map(atlas.labels.map((label) => [label.id, label]));
const theme = matchMedia("(prefers-color-scheme: dark)").matches ? DARK : LIGHT;
const colorings = Object.fromEntries(
  ["cluster", "ordered", "diverging"].map((kind) => [kind, coloringOf(atlas, kind, theme.background)]),
);

/** A point of the window on a dot of a base cluster, where no name lies. */
function dotOf(cluster: string): { x: number; y: number } {
  const { bins, lineage } = atlas;
  const index = lineage.findIndex(([id]) => id === cluster);
  const dots = placeDots(bins, chooseConversationsPerDot(bins), 0);
  const stage = document.querySelector(".map-stage")?.getBoundingClientRect() ?? new DOMRect();
  const viewport = { width: stage.width, height: stage.height, bounds: boundsOf(bins) };
  const view = told.views.at(-1) ?? fitView(viewport);
  const names = Array.from(document.querySelectorAll(".map-label"), (name) => name.getBoundingClientRect());
  for (let dot = 0; dot < dots.count; dot += 1) {
    if (bins.cluster[dots.bin[dot] as number] !== index) continue;
    const place = { x: dots.positions[dot * 2] as number, y: dots.positions[dot * 2 + 1] as number };
    const point = toScreen(place, view, viewport);
    const [x, y] = [point.x + stage.left, point.y + stage.top];
    // Names are pointed at in whole pixels, which may be one more than they take.
    const free = names.every(
      (box) => x < box.left - 1 || x > box.right + 1 || y < box.top - 1 || y > box.bottom + 1,
    );
    if (free && x > 0 && y > 0 && x < stage.right && y < stage.bottom) return { x, y };
  }
  throw new Error(`No dot of ${cluster} can be seen.`);
}

function Page() {
  const [selected, setSelected] = useState<string | null>(asked.get("selected"));
  const [hovered, setHovered] = useState<string | null>(null);
  const [color, setColor] = useState(asked.get("color") ?? "cluster");
  const [faint, setFaint] = useState<Uint8Array | undefined>();
  const [view, setView] = useState<View | undefined>();
  Object.assign(window, {
    harness: { handle, told, atlas, dotOf, setColor, setFaint, setSelected, setView },
  });
  return (
    <DensityMap
      {...atlas}
      coloring={colorings[color] as Coloring}
      selected={selected}
      hovered={hovered}
      {...(faint ? { faint } : {})}
      {...(view ? { view } : {})}
      theme={theme}
      reducedMotion={matchMedia("(prefers-reduced-motion: reduce)").matches}
      handle={handle}
      tooltip={(id) => ({
        title: names.get(id)?.text ?? id,
        lines: [`${names.get(id)?.weight.toLocaleString("en")} conversations`],
      })}
      onSelect={(id) => {
        told.selected.push(id);
        setSelected(id);
      }}
      onHover={(id) => {
        told.hovered.push(id);
        setHovered(id);
      }}
      onView={(now) => told.views.push(now)}
    />
  );
}

performance.mark("given");
const root = document.getElementById("root");
if (root) render(<Page />, root);
