import { describe, expect, it } from "vitest";
import { mostFrequent } from "./colouring";

const count = (conversations: number) => ({ conversations, users: null });
const released = (...values: [string, number][]) =>
  values.map(([value, conversations]) => [value, count(conversations)] as const);

describe("the most frequent value of a cluster", () => {
  it("is the largest one where everything is released", () => {
    expect(mostFrequent(released(["es", 40], ["en", 60]), count(100))).toBe("en");
  });

  it("is told as long as nothing larger can be behind what is not released", () => {
    expect(mostFrequent(released(["zh", 65], ["ja", 25]), count(135))).toBe("zh");
    expect(mostFrequent(released(["en", 50]), count(100))).toBe("en");
  });

  it("is not told where the rest may be of one larger value", () => {
    expect(mostFrequent(released(["es", 35]), count(295))).toBeNull();
    expect(mostFrequent(released(["es", 45], ["fr", 5]), count(100))).toBeNull();
  });

  it("is not told where nothing, or not the whole, is released", () => {
    expect(mostFrequent([], count(100))).toBeNull();
    expect(mostFrequent(released(["es", 35]), null)).toBeNull();
  });
});
