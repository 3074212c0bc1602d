import { expect, test } from "vitest";
import { shortened, visibleLines } from "./texts";

test("lines stay, and what would turn the text around goes", () => {
  expect(visibleLines("a\r\nb\rc\n")).toBe("a\nb\nc");
  expect(visibleLines("\u202eevil\u0000 <b>")).toBe("evil <b>");
  expect(visibleLines(" \u200b ")).toBe("(empty)");
});

test("long texts are cut between signs, and short ones are not", () => {
  expect(shortened("abc", 3)).toBeNull();
  expect(shortened("abcd", 3)).toBe("abc");
  expect(shortened("😀😀😀", 3)).toBeNull();
  expect(shortened("😀😀😀😀", 3)).toBe("😀😀😀");
});
