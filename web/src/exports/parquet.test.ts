import { expect, it } from "vitest";
import { toParquet } from "./parquet";

const text = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);

it("a Parquet file begins and ends as the format says, and tells how long its footer is", () => {
  const bytes = toParquet({ columns: ["name", "count"], rows: [["a", 1]] }, { clioscope: "{}" });
  expect(text(bytes.slice(0, 4))).toBe("PAR1");
  expect(text(bytes.slice(-4))).toBe("PAR1");
  const footer = new DataView(bytes.buffer).getUint32(bytes.length - 8, true);
  expect(text(bytes.slice(-8 - footer, -8))).toContain("clioscope");
  expect(footer).toBeLessThan(bytes.length);
});

it("a column without a row, or without a value, is written too", () => {
  expect(toParquet({ columns: ["a"], rows: [] }, {}).length).toBeGreaterThan(12);
  expect(toParquet({ columns: ["a"], rows: [[null], [null]] }, {}).length).toBeGreaterThan(12);
});
