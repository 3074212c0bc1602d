interface Turn<Answer> {
  asked: number;
  answer: Promise<Answer> | null;
}

/**
 * Questions that are asked in one turn, such as those of parts of a page that show the same: one request answers them. What
 * it brought last is kept for parts that come later.
 */
export class Together<Answer> {
  private readonly turns = new Map<string, Turn<Answer>>();
  private last: { readonly key: string; readonly answer: Promise<Answer> } | null = null;

  /** What `all` answers to whoever asks with the same `key` in this turn; what `alone` answers where nobody else does. */
  async ask(key: string, alone: () => Promise<Answer>, all: () => Promise<Answer>): Promise<Answer> {
    if (this.last?.key === key) return this.last.answer;
    const turn = this.turns.get(key) ?? { asked: 0, answer: null };
    turn.asked += 1;
    this.turns.set(key, turn);
    await null; // until all of this turn have asked
    if (this.turns.get(key) === turn) this.turns.delete(key);
    if (turn.asked === 1) return alone();
    turn.answer ??= this.keep(key, all());
    return turn.answer;
  }

  private keep(key: string, answer: Promise<Answer>): Promise<Answer> {
    const kept = { key, answer };
    this.last = kept;
    answer.catch(() => {
      if (this.last === kept) this.last = null;
    });
    return answer;
  }
}
