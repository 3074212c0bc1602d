import { expect, test } from "vitest";
import type { AtlasEntry, RunEntry } from "../../api";
import { listedOf } from "./listing";

const atlas = (id: string) => ({ id }) as AtlasEntry;
const run = (id: string, status: RunEntry["status"], of: AtlasEntry | null = null) =>
  ({ id, status, atlas: of }) as RunEntry;

test("a run and its atlas are one, and what is under way comes first", () => {
  const [old, done] = [atlas("old"), atlas("done")];
  const runs = {
    runs: [run("failed", "failed"), run("done", "finished", done), run("now", "running")],
    can_start: true,
  };
  const listed = listedOf([done, old], runs);
  expect(listed.map((one) => [one.id, one.run?.status ?? null, one.atlas?.id ?? null])).toEqual([
    ["now", "running", null],
    ["failed", "failed", null],
    ["done", "finished", "done"],
    ["old", null, "old"],
  ]);
});

test("somebody who may not see what was started sees the atlases", () => {
  expect(listedOf([atlas("a")], null).map((one) => one.id)).toEqual(["a"]);
});
