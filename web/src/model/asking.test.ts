import { describe, expect, it } from "vitest";
import type { Atlas, Cells, Cluster } from "../api";
import type { LevelsQuery, Source } from "../source/source";
import { cellsBy, sizesOf } from "./asking";
import { createHierarchy } from "./hierarchy";

function cluster(id: string, level: number, conversations: number | null): Cluster {
  return {
    id,
    level,
    parent_id: null,
    name: id,
    conversations,
    users: null,
    hidden: false,
    members: [],
  } as unknown as Cluster;
}

const asked: [LevelsQuery, number][] = [];
const source = {
  async cells(_: string, query: LevelsQuery, levels: number): Promise<Cells[]> {
    asked.push([query, levels]);
    return [["all"], ["0-0", "0-1"], ["1-0"]].map((clusters, i) => ({
      level: i - 1,
      note: null,
      attributes: ["language"],
      clusters,
      values: [["en"]],
      cluster: clusters.map((_, i) => i),
      value_1: clusters.map(() => 0),
      value_2: [],
      conversations: clusters.map(() => 20),
      users: null,
    }));
  },
} as unknown as Source;
const atlas = { id: "a", levels: [2, 1] } as unknown as Atlas;

describe("what is asked for", () => {
  it("is every level and everything together, and told apart by id", async () => {
    const hierarchy = createHierarchy([cluster("0-0", 0, 20), cluster("0-1", 0, 20), cluster("1-0", 1, 40)]);
    const cells = await cellsBy({ source, atlas, hierarchy }, "language", null);
    expect(asked).toEqual([[{ attribute: "language" }, 2]]);
    for (const id of ["all", "0-0", "0-1", "1-0"]) expect(cells.get(id, "en")?.conversations).toBe(20);
  });

  it("is left out of clusters that an edit left without a figure", async () => {
    const hierarchy = createHierarchy([cluster("0-0", 0, null), cluster("0-1", 0, 20)]);
    const cells = await cellsBy({ source, atlas, hierarchy }, "language", null);
    expect([cells.get("0-0", "en"), cells.of("0-0").size]).toEqual([null, 0]);
    expect(cells.get("0-1", "en")?.conversations).toBe(20);
  });

  it("keeps what is told of levels that nothing is of", async () => {
    const never = "These two attributes are never counted together.";
    const silent = {
      ...source,
      cells: async () =>
        [null, never, null].map((note, i) => ({
          level: i - 1,
          note,
          attributes: ["language", "model"],
          clusters: [],
          values: [["en"], ["small"]],
          cluster: [],
          value_1: [],
          value_2: [],
          conversations: [],
          users: null,
        })),
    } as unknown as Source;
    const hierarchy = createHierarchy([cluster("0-0", 0, 20)]);
    const filter = { attribute: "language", value: "en" };
    const cells = await cellsBy({ source: silent, atlas, hierarchy }, "model", filter);
    expect([-1, 0, 1].map((level) => cells.why(level))).toEqual([null, never, null]);
  });

  it("comes with how much there is under what narrows it", async () => {
    const hierarchy = createHierarchy([cluster("0-0", 0, 35), cluster("1-0", 1, null)]);
    const everything = { ...atlas, conversations: 90, users: 9 } as unknown as Atlas;
    const asking = { source, atlas: everything, hierarchy };
    const alone = await cellsBy(asking, "language", { attribute: "language", value: "en" });
    expect(["0-0", "1-0", "all", "gone"].map((id) => alone.whole(id)?.conversations)).toEqual([
      35,
      undefined,
      90,
      undefined,
    ]);
    const under = await cellsBy(asking, "month", { attribute: "language", value: "en" });
    expect(["0-0", "1-0", "all"].map((id) => under.whole(id)?.conversations)).toEqual([20, undefined, 20]);
  });

  it("is how much there is once for all that is shown under a filter, and again after a refusal", async () => {
    let [refused, count] = [true, 0];
    const counting = {
      cells: async (...args: Parameters<Source["cells"]>) => {
        count += 1;
        if (refused) throw new Error("refused");
        return source.cells(...args);
      },
    } as unknown as Source;
    const asking = { source: counting, atlas, hierarchy: createHierarchy([cluster("0-0", 0, 20)]) };
    const filter = { attribute: "language", value: "en" };
    await expect(sizesOf(asking, filter)).rejects.toThrow("refused");
    refused = false;
    const [one, other] = await Promise.all([sizesOf(asking, filter), sizesOf(asking, filter)]);
    expect([one === other, count]).toEqual([true, 2]);
    await sizesOf(asking, { ...filter, value: "es" });
    expect(count).toBe(3);
  });

  it("is never of three attributes, and says so", async () => {
    const hierarchy = createHierarchy([cluster("0-0", 0, 20)]);
    const before = asked.length;
    const filter = { attribute: "language", value: "en", and: { attribute: "month", value: "2026-05" } };
    const cells = await cellsBy({ source, atlas, hierarchy }, "model", filter);
    expect(asked.length).toBe(before);
    expect([cells.of("all").size, cells.whole("all")]).toEqual([0, null]);
    expect(cells.why(-1)).toContain("at most two attributes");
  });

  it("is one cell of each cluster where two values hold at once", async () => {
    const hierarchy = createHierarchy([cluster("0-0", 0, 20)]);
    const filter = { attribute: "month", value: "2026-05", and: { attribute: "language", value: "en" } };
    const sizes = await sizesOf({ source, atlas, hierarchy }, filter);
    expect(asked.at(-1)?.[0]).toEqual({
      attribute: "month",
      value: "2026-05",
      by: "language",
      byValue: "en",
    });
    expect(sizes.whole("0-0")?.conversations).toBe(20);
  });
});
