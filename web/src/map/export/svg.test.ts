import { describe, expect, it } from "vitest";
import { clusterPlaces } from "../clusters";
import { defaultLegend } from "../legend";
import { outlinePath } from "../outline";
import { categorySwatches } from "../palettes";
import { makeScene } from "../scene";
import { randomBins, SAMPLE } from "../testing/bins";
import { fitView } from "../view";
import type { Picture } from "./picture";
import { exportSvg } from "./svg";

const DOTS = Array.from(SAMPLE.bins.conversations).reduce((sum, count) => sum + count, 0);
const theme = {
  background: "#ffffff",
  ink: "#111111",
  mutedInk: "#555555",
  accent: "#0055cc",
  line: "#cccccc",
};

function picture(bins = SAMPLE.bins): Picture {
  const scene = makeScene(bins, SAMPLE.lineage, undefined, 0);
  const viewport = { width: 800, height: 600, bounds: scene.bounds };
  const place = clusterPlaces(bins, SAMPLE.lineage).get("0-0");
  const label = { id: "0-0", text: "", x: 0.5, y: 0.5, weight: 1, level: 0 };
  const box = { left: 10, top: 20, width: 100, height: 30, direction: "ltr" } as const;
  return {
    scene,
    viewport,
    view: fitView(viewport),
    coloring: {
      by: "cluster",
      swatch: SAMPLE.lineage.map((_, i) => i % 9),
      swatches: categorySwatches("#ffffff"),
    },
    faint: undefined,
    selected: undefined,
    outline: outlinePath(bins, place?.bins ?? []),
    labels: [{ ...box, label, lines: ["<script>alert(1)</script>", "a & b \u0000\u202e"] }],
    theme,
    legend: defaultLegend,
  };
}

describe("an exported SVG", () => {
  const svg = exportSvg(picture(), { caption: `sha256 <0123> & "more"` });

  it("has each dot, grouped by colour", () => {
    expect(svg.match(/<circle /g)?.length).toBe(DOTS);
    expect(svg.match(/<g fill="#/g)?.length).toBe(9);
  });

  it("says what a dot is, and where it comes from", () => {
    expect(svg).toContain("One dot is one conversation");
    expect(svg).toContain("sha256 &lt;0123&gt; &amp; &quot;more&quot;");
  });

  it("holds names as text", () => {
    expect(svg).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(svg).not.toContain("<script");
    expect(svg).not.toContain("\u0000");
  });

  it("has fewer dots, and says so, where there would be too many", () => {
    const bins = { ...randomBins(900, 1), cluster: Array.from({ length: 900 }, (_, i) => i % 24) };
    const many = exportSvg(picture(bins), { caption: "" });
    expect(many.match(/<circle /g)?.length).toBeLessThanOrEqual(20_000);
    expect(many).toContain("One dot is about 5 conversations");
  });
});
