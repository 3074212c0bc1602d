import { ESLint } from "eslint";
import { describe, expect, it } from "vitest";

const eslint = new ESLint();

async function refused(filePath: string, line: string): Promise<boolean> {
  const [found] = await eslint.lintText(`${line}\n`, { filePath });
  return found?.messages.some((one) => one.ruleId?.startsWith("no-restricted-")) ?? false;
}

describe("what may import what", () => {
  it.each([
    ["src/map/x.ts", 'export { parseAddress } from "../state/address";'],
    ["src/map/labels/x.ts", 'import type { Source } from "../../source/source";\nexport type X = Source;'],
    ["src/map/x.ts", 'import { EVERYTHING } from "../api";\nexport const x = EVERYTHING;'],
    ["src/map/export/x.ts", 'export const x = () => import("../../source/server");'],
    ["src/statistics/x.ts", 'export { formatShare } from "../model/words";'],
    ["src/statistics/x.ts", 'export { useState } from "preact/hooks";'],
    ["src/statistics/x.ts", "export const x = () => window.innerWidth;"],
  ])("%s may not hold %s", async (file, line) => {
    expect(await refused(file, line)).toBe(true);
  });

  it.each([
    ["src/map/labels/x.ts", 'export { scaleOf } from "../view";'],
    ["src/map/x.ts", 'export const x = () => import("./export/pictures");'],
    ["src/statistics/x.ts", 'export { share } from "./share";'],
    ["src/views/x.ts", 'export { parseAddress } from "../state/address";'],
  ])("%s may hold %s", async (file, line) => {
    expect(await refused(file, line)).toBe(false);
  });
});
