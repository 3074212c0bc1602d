import { expect, test } from "vitest";
import { chosenIn } from "./chosen";
import { EMPTY_FORM, formatForm, nameFor, optionsOf, parseForm, problemsOf, type RunForm } from "./form";

const form = (more: Partial<RunForm>): RunForm => ({ ...EMPTY_FORM, name: "first", ...more });

test("only what was chosen is asked for", () => {
  expect(optionsOf(form({}), "chats.jsonl")).toEqual({
    source: "chats.jsonl",
    profile: "default",
    facets: [],
    batch: false,
    expire: false,
    drill_down: false,
  });
  const full = form({
    withModel: true,
    model: " openai/gpt-5-nano ",
    maxCost: "2.5",
    sample: "1000",
    facets: "a, b ,,",
  });
  expect(optionsOf(full, "x")).toMatchObject({
    model: "openai/gpt-5-nano",
    max_cost: 2.5,
    sample: 1000,
    facets: ["a", "b"],
  });
});

test("what belongs to a model is not asked for without one", () => {
  const options = optionsOf(form({ model: "openai/x", batch: true, namesFrom: "words" }), "x");
  expect(options).not.toHaveProperty("model");
  expect(options).not.toHaveProperty("max_cost");
  expect(options).not.toHaveProperty("names_from");
  expect(options.batch).toBe(false);
});

test("what is not right is told at its field", () => {
  expect(problemsOf(form({}))).toEqual({});
  const wrong = form({
    name: "../up",
    withModel: true,
    model: "gpt",
    maxCost: "",
    sample: "-1",
    minUsers: "1.5",
  });
  expect(Object.keys(problemsOf(wrong)).sort()).toEqual(["maxCost", "minUsers", "model", "name", "sample"]);
  expect(problemsOf(form({ since: "2026-02-01", until: "2026-01-01" })).until).toBeDefined();
});

test("a run is called after its source, and as no other", () => {
  const none = new Set<string>();
  expect(nameFor("2026/my chats.jsonl.gz", none)).toBe("my-chats");
  expect(nameFor("-..--", none)).toBe("run");
  expect(nameFor("日本.csv", none)).toBe("run");
  expect(nameFor("chats.jsonl", new Set(["chats", "chats-2"]))).toBe("chats-3");
});

test("the address holds what was chosen, and what it says that is no choice is left out", () => {
  const chosen = form({ withModel: true, model: "a/b", keep: "all", sample: "10" });
  expect(parseForm(formatForm(chosen))).toEqual(chosen);
  expect(formatForm(EMPTY_FORM)).toBeNull();
  expect(parseForm('{"profile":"none","keep":3,"withModel":"yes","other":1,"seed":"7"}')).toEqual({
    ...EMPTY_FORM,
    seed: "7",
  });
  for (const nonsense of [null, "", "{", "null", "[1]"]) expect(parseForm(nonsense)).toEqual(EMPTY_FORM);
});

test("an address cannot choose who is protected, and how well", () => {
  const own = { profile: "personal", minUsers: "1", minConversations: "1", drillDown: true } as const;
  expect(parseForm(JSON.stringify(own))).toEqual(EMPTY_FORM);
  expect(formatForm({ ...EMPTY_FORM, ...own })).toBeNull();
  expect(parseForm(formatForm(form({ ...own, seed: "7" })))).toEqual(form({ seed: "7" }));
});

test("what is not as at first is told", () => {
  expect(chosenIn(form({}))).toEqual([]);
  expect(chosenIn(form({ profile: "personal", minUsers: "1", keep: "nothing", expire: true }))).toEqual([
    ["Privacy profile", "personal"],
    ["People behind every figure, at least", "1"],
    ["What is kept once it has finished", "nothing but the atlas"],
    ["Expire conversations after 30 days, facets after 90", null],
  ]);
  const labels = chosenIn(form({ withModel: true, model: "a/b", namesFrom: "words", batch: true }));
  expect(labels.map(([, value]) => value)).toEqual(["a/b", "5", "only words that enough people share", null]);
});
