import { describe, expect, it } from "vitest";
import { formatAddress, parseAddress } from "./address";
import { INITIAL, type State } from "./state";

const FULL: State = {
  ...INITIAL,
  atlas: "runs/a b?&=#%",
  view: "compare",
  cluster: "0-3",
  panel: "conversations",
  whole: "0-3",
  level: 1,
  open: ["1-0", "2,5", "x.y"],
  sort: { by: "growth", descending: false },
  colour: { by: "attribute", attribute: "a:b", value: "c..d&e" },
  filter: { attribute: "language", value: "<img src=x>" },
  compare: { a: { attribute: "model", value: "4..o" }, b: { attribute: "model", value: "4:1" } },
  clear: true,
  search: "meal plans & more = ?",
  place: { x: 0.25, y: 0.5, zoom: 3.5 },
  review: "watched",
};

const LOG: State = { ...INITIAL, home: "log", kind: "sign-in", person: "a&b=c?" };
const START: State = {
  ...INITIAL,
  home: "start",
  folder: "2026/a b",
  file: "2026/a b/x&.jsonl",
  options: '{"name":"a&b"}',
};

describe("an address", () => {
  it("holds every state, whatever characters it has, and gives it back", () => {
    for (const state of [FULL, LOG, START, { ...INITIAL, run: "first" }]) {
      expect(parseAddress(formatAddress(state))).toEqual(state);
    }
  });

  it("gives back each colouring and a comparison with the rest", () => {
    const colours: State["colour"][] = [
      { by: "growth" },
      { by: "concern" },
      { by: "cluster" },
      { by: "attribute", attribute: "growth", value: null },
    ];
    for (const colour of colours) {
      const state: State = { ...FULL, colour, compare: { a: { attribute: "x", value: "y" }, b: null } };
      expect(parseAddress(formatAddress(state))).toEqual(state);
    }
  });

  it("is short and can be read where little is chosen", () => {
    const state = {
      ...INITIAL,
      atlas: "demo",
      cluster: "0-3",
      filter: { attribute: "language", value: "es" },
    };
    expect(formatAddress(state)).toBe("#/demo/map?cluster=0-3&filter=language:es");
    const and = { attribute: "my, month", value: "a,b" };
    const both = { ...state, filter: { ...state.filter, and } };
    expect(formatAddress(both)).toBe("#/demo/map?cluster=0-3&filter=language:es,my%2C%20month:a%2Cb");
    expect(parseAddress(formatAddress(both))).toEqual(both);
    expect(parseAddress("#/demo/map?filter=language:es,language:de").filter).toEqual(state.filter);
    expect(formatAddress(INITIAL)).toBe("#/");
    expect(formatAddress({ ...INITIAL, home: "log" })).toBe("#//log");
    expect(parseAddress("#//access").home).toBe("access");
  });

  it("that is nonsense is the beginning, and never an error", () => {
    for (const nonsense of [
      "",
      "#",
      "#/",
      "#/%E0%A4%A",
      "#/demo/nowhere?level=x&sort=&open&colour=blue&place=1,,z&filter=a",
    ]) {
      expect(() => parseAddress(nonsense)).not.toThrow();
    }
    expect(
      parseAddress("#/demo/nowhere?level=x&sort=z.up&colour=blue&place=1,2,0&filter=a&compare=b&panel=x"),
    ).toEqual({
      ...INITIAL,
      atlas: "demo",
    });
  });
});
