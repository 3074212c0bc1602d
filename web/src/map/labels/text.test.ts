import { describe, expect, it } from "vitest";
import { cleanName, directionOf, wrapName } from "./text";

const measure = (text: string) => [...text].length * 10;

describe("a name", () => {
  it("loses characters that turn text, break lines or cannot be seen", () => {
    expect(cleanName("\u202egnirts\u202c a\nb\tc\u0000d\u200b \u2066x\u2069")).toBe("gnirts a b c d x");
    expect(cleanName("\ud800broken\udfff")).toBe("broken");
    expect(cleanName("   ")).toBe("");
  });

  it("keeps the joiners that emoji and scripts need", () => {
    expect(cleanName("👩‍👧 می‌خواهم")).toBe("👩‍👧 می‌خواهم");
  });

  it("does not stack marks", () => {
    expect([...cleanName(`Z${"\u0301".repeat(300)}a`)].length).toBe(5);
  });

  it("of any length is short", () => {
    expect(cleanName("x".repeat(1_000_000)).length).toBeLessThanOrEqual(140);
  });

  it("has the direction of its first letter", () => {
    expect(["(1) abc", "123 שלום abc", "أسئلة", ""].map(directionOf)).toEqual(["ltr", "rtl", "rtl", "ltr"]);
  });
});

describe("lines", () => {
  it("are one where the name fits", () => {
    expect(wrapName("Fix code", measure, 100)).toEqual(["Fix code"]);
  });

  it("are two of about the same length", () => {
    expect(wrapName("Answer everyday questions in German", measure, 250)).toEqual([
      "Answer everyday",
      "questions in German",
    ]);
  });

  it("are at most two, none too wide, the second cut between words", () => {
    const lines = wrapName(
      "Write emails, letters, stories and other texts for work and school",
      measure,
      200,
    );
    expect(lines).toEqual(["Write emails,", "letters, stories…"]);
  });

  it("break words that are too long, and languages without spaces", () => {
    for (const name of ["x".repeat(500), "回答日常问题并翻译简短的文字给家人和朋友们阅读".repeat(2)]) {
      const lines = wrapName(name, measure, 120);
      expect(lines.length).toBe(2);
      for (const line of lines) expect(measure(line)).toBeLessThanOrEqual(120);
      expect(lines[1]).toMatch(/…$/);
    }
  });

  it("put nothing between the parts of a broken word", () => {
    expect(wrapName("abcdefghijklmnopqrst", measure, 120).join("")).toBe("abcdefghijklmnopqrst");
  });
});
