import { expect, test } from "vitest";
import { rowsSvg } from "./rows_chart";
import { wrapped } from "./svg";

const COLOURS = {
  background: "#ffffff",
  ink: "#000000",
  muted: "#666666",
  line: "#dddddd",
  accent: "#1f5fae",
  second: "#a33f00",
};

test("a caption is divided between words, and nothing of it is lost", () => {
  const line = "min_users 10, min_conversations 15, rounding 5";
  expect(wrapped(line, 20)).toEqual(["min_users 10,", "min_conversations", "15, rounding 5"]);
  expect(wrapped("0123456789abcdef", 4)).toEqual(["0123456789abcdef"]);
});

test("names stay text in a picture of rows, bars follow the sizes, and no row is left out", () => {
  const hostile = `<script>alert(1)</script>"&'\u202e`;
  const row = (size: number | null) => ({ name: hostile, depth: 1, size, cells: ["5", "not released"] });
  const rows = [row(0.4), row(0.2), row(null), ...Array.from({ length: 300 }, () => row(0))];
  const svg = rowsSvg({ title: hostile, heads: ["Size", "Growth"], rows }, ["from <here>"], COLOURS);
  expect(svg).not.toContain("<script");
  expect(svg).not.toContain("\u202e");
  expect(svg).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;'");
  expect(svg).toContain("from &lt;here&gt;");
  expect([...svg.matchAll(/<rect x="380"[^>]* width="([\d.]+)"/g)].map((found) => Number(found[1]))).toEqual([
    110, 55,
  ]);
  expect([...svg.matchAll(/&lt;script/g)].length).toBe(rows.length + 1);
});
