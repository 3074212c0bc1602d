import { describe, expect, it } from "vitest";
import type { Cluster } from "../api";
import { byWords } from "./searching";

const cluster = (id: string, name: string, description = "", terms: string[] = [], conversations = 20) =>
  ({ id, name, description, terms, conversations }) as Cluster;

const clusters = [
  cluster("a", "Plan meals", "People asked for recipes."),
  cluster("b", "Bake bread", "", ["recipe", "flour"]),
  cluster("c", "Write recipes", "", [], 10),
  cluster("d", "Find recipes", "", [], 40),
  cluster("e", "食谱建议"),
];
const ids = (query: string) => byWords(clusters, query).map((found) => found.id);

describe("search by words", () => {
  it("finds names first, then terms, then descriptions; of equal ones the larger", () => {
    expect(ids("recipe")).toEqual(["d", "c", "b", "a"]);
  });

  it("asks for every word, at its beginning", () => {
    expect(ids("recipes find")).toEqual(["d"]);
    expect(ids("ecipe")).toEqual([]);
  });

  it("looks inside of words where a script parts none", () => {
    expect(ids("建议")).toEqual(["e"]);
  });

  it("finds nothing for no words", () => {
    expect(ids(" .*( ")).toEqual([]);
  });
});
