import { describe, expect, it } from "vitest";
import { Together } from "./together";

function asking() {
  const sent: string[] = [];
  const together = new Together<string>();
  const ask = (key: string, own: string) => {
    const send = (what: string) => () => {
      sent.push(what);
      return Promise.resolve(what);
    };
    return together.ask(key, send(own), send(`all of ${key}`));
  };
  return { ask, sent };
}

describe("questions of one turn", () => {
  it("asks alone what nobody else asks", async () => {
    const { ask, sent } = asking();
    expect(await ask("a", "a 1")).toBe("a 1");
    expect(await ask("a", "a 2")).toBe("a 2");
    expect(sent).toEqual(["a 1", "a 2"]);
  });

  it("asks once what several ask, and each key apart", async () => {
    const { ask, sent } = asking();
    const answers = await Promise.all([ask("a", "a 1"), ask("b", "b 1"), ask("a", "a 2"), ask("a", "a 3")]);
    expect(answers).toEqual(["all of a", "b 1", "all of a", "all of a"]);
    expect(sent).toEqual(["all of a", "b 1"]);
  });

  it("keeps what all asked for last, and nothing else", async () => {
    const { ask, sent } = asking();
    await Promise.all([ask("a", "a 1"), ask("a", "a 2")]);
    expect(await ask("a", "a 3")).toBe("all of a");
    await Promise.all([ask("b", "b 1"), ask("b", "b 2")]);
    expect(await ask("a", "a 4")).toBe("a 4");
    expect(sent).toEqual(["all of a", "all of b", "a 4"]);
  });

  it("tells everybody of a refusal, and asks anew after it", async () => {
    const together = new Together<string>();
    const refuse = () => Promise.reject(new Error("refused"));
    const ask = () => together.ask("a", refuse, refuse);
    const results = await Promise.allSettled([ask(), ask()]);
    expect(results.map((result) => result.status)).toEqual(["rejected", "rejected"]);
    expect(await together.ask("a", async () => "answered", refuse)).toBe("answered");
  });
});
