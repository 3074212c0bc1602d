import { describe, expect, it } from "vitest";
import type { Cluster } from "../../api";
import { createHierarchy } from "../../model/hierarchy";
import { foundWithin, moveFor, typedRow, visibleRows } from "./rows";

const cluster = (id: string, level: number, parent_id: string | null, name: string): Cluster => ({
  id,
  level,
  parent_id,
  name,
  description: "",
  terms: [],
  conversations: 20,
  users: null,
  x: 0,
  y: 0,
  name_confidence: null,
  fit: null,
  audit_score: null,
  edited: [],
  members: [],
  hidden: false,
});

const hierarchy = createHierarchy([
  cluster("0-0", 0, "1-0", "Bake bread"),
  cluster("0-1", 0, "1-0", "Boil eggs"),
  cluster("0-2", 0, "1-1", "Debug code"),
  cluster("1-0", 1, null, "Cook"),
  cluster("1-1", 1, null, "Program"),
]);
const byName = { by: "name", descending: false } as const;
const rows = (...open: string[]) => visibleRows(hierarchy, new Map(), new Set(open), byName);
const ids = (...open: string[]) => rows(...open).map((row) => row.cluster.id);

describe("the rows of the tree", () => {
  it("are the top clusters, and the children of what is open", () => {
    expect(ids()).toEqual(["1-0", "1-1"]);
    expect(ids("1-0")).toEqual(["1-0", "0-0", "0-1", "1-1"]);
  });

  it("know their depth and their place among their siblings", () => {
    expect(rows("1-0")[2]).toMatchObject({ depth: 2, place: 2, siblings: 2, expanded: null, parent: "1-0" });
    expect(rows("1-0")[0]).toMatchObject({ depth: 1, expanded: true });
  });
});

describe("a key on a row", () => {
  it("moves up and down, and stays at the ends", () => {
    expect(moveFor("ArrowDown", rows("1-0"), 0)).toEqual({ to: "0-0" });
    expect(moveFor("End", rows("1-0"), 0)).toEqual({ to: "1-1" });
    expect(moveFor("ArrowUp", rows("1-0"), 0)).toBeNull();
    expect(moveFor("ArrowDown", rows("1-0"), 3)).toBeNull();
  });

  it("opens with the right arrow and then goes to the first child; a leaf stays", () => {
    expect(moveFor("ArrowRight", rows(), 0)).toEqual({ open: ["1-0"] });
    expect(moveFor("ArrowRight", rows("1-0"), 0)).toEqual({ to: "0-0" });
    expect(moveFor("ArrowRight", rows("1-0"), 1)).toBeNull();
  });

  it("closes with the left arrow, or goes to the parent", () => {
    expect(moveFor("ArrowLeft", rows("1-0"), 0)).toEqual({ close: "1-0" });
    expect(moveFor("ArrowLeft", rows("1-0"), 2)).toEqual({ to: "1-0" });
    expect(moveFor("ArrowLeft", rows(), 0)).toBeNull();
  });

  it("opens all siblings with a star", () => {
    expect(moveFor("*", rows("1-0"), 3)).toEqual({ open: ["1-1"] });
  });
});

it("typing finds the next name that begins so, and goes around", () => {
  expect(typedRow(rows("1-0"), 0, "b")).toBe("0-0");
  expect(typedRow(rows("1-0"), 1, "b")).toBe("0-1");
  expect(typedRow(rows("1-0"), 2, "b")).toBe("0-0");
  expect(typedRow(rows("1-0"), 1, "bo")).toBe("0-1");
  expect(typedRow(rows("1-0"), 0, "x")).toBeNull();
});

it("what was found below a cluster is counted there", () => {
  expect([...foundWithin(hierarchy, new Set(["0-0", "0-1", "1-1"]))]).toEqual([["1-0", 2]]);
  expect(foundWithin(hierarchy, null).size).toBe(0);
});
