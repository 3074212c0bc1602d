import { expect, test } from "vitest";
import type { EditEntry } from "../../api";
import { sentenceOf, standing } from "./sentences";

const entry = (more: Partial<EditEntry>): EditEntry => ({
  version: 1,
  kind: "rename",
  state: "applied",
  edit: null,
  about: ["Bread"],
  fit: "this release",
  why: null,
  author: "somebody",
  time: "2026-09-01T10:00:00+00:00",
  ...more,
});

const said = (more: Partial<EditEntry>) =>
  sentenceOf(entry(more))
    .map((part) => (typeof part === "string" ? part : `“${part.name}”`))
    .join("");

test("each kind of edit is told with the names of its clusters", () => {
  expect(said({ edit: { kind: "rename", cluster: "0-1", name: "Baking" } })).toBe(
    "Renamed “Bread” to “Baking”",
  );
  expect(said({ edit: { kind: "rename", cluster: "0-1", name: null } })).toBe(
    "Gave back the published name of “Bread”",
  );
  expect(said({ kind: "merge", about: ["A", "B", "C"] })).toBe("Merged “A”, “B” into “C”");
  expect(said({ kind: "move", about: ["A", "B"] })).toBe("Moved “A” under “B”");
  expect(said({ kind: "hide" })).toBe("Hid “Bread”");
  expect(said({ kind: "undo", about: [] })).toBe("Undid the last edit that stood");
});

test("an edit whose clusters are gone is told by what they were called", () => {
  expect(said({ state: "does not fit", fit: null })).toBe("Renamed “Bread”");
  expect(said({ kind: "move", about: [] })).toBe("Moved “” under “”");
});

test("how an edit came into this release is told only where it is of another", () => {
  expect(standing(entry({}))).toBe("");
  expect(standing(entry({ fit: "by words" }))).toBe("from an earlier release, found by words");
  expect(standing(entry({ state: "undone" }))).toBe("undone");
});
