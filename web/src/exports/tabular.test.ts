import { describe, expect, it } from "vitest";
import { type Provenance, toCsv, toJson } from "./tabular";

const provenance: Provenance = {
  clioscope: "0.1.0",
  run: "demo",
  facet: "request",
  digest: "abc",
  query: "#/demo/table",
  thresholds: { min_users: 10, users_known: true },
  guarantee: "Every figure stands on at least 10 users.",
};
const sheet = {
  columns: ["name", "conversations"],
  rows: [["=1+1", 20] as const, ['a "b", c', null] as const],
};

describe("a table as a file", () => {
  it("says first where it comes from, and runs nothing in a spreadsheet", () => {
    expect(toCsv(sheet, provenance)).toBe(
      `${[
        "# Clioscope 0.1.0: run demo, hierarchy by request, atlas SHA-256 abc".replace(/^(.*)$/, '"$1"'),
        "# Query: #/demo/table",
        '"# Thresholds: min_users 10, users_known true"',
        "# Guarantee: Every figure stands on at least 10 users.",
        "name,conversations",
        "'=1+1,20",
        '"a ""b"", c",',
      ].join("\n")}\n`,
    );
  });

  it("is JSON with its provenance, and null for what is not released", () => {
    const read = JSON.parse(toJson(sheet, provenance));
    expect(read.provenance.digest).toBe("abc");
    expect(read.rows).toEqual([
      { name: "=1+1", conversations: 20 },
      { name: 'a "b", c', conversations: null },
    ]);
  });
});
