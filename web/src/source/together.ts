interface Turn<Answer> {
  asked: number;
  answer: Promise<Answer> | null;
}

/** Questions that are asked in one turn, such as those of parts of a page that show the same: one request answers them. */
export class Together<Answer> {
  private readonly turns = new Map<string, Turn<Answer>>();

  /** What `all` answers to whoever asks with the same `key` in this turn; what `alone` answers where nobody else does. */
  async ask(key: string, alone: () => Promise<Answer>, all: () => Promise<Answer>): Promise<Answer> {
    const turn = this.turns.get(key) ?? { asked: 0, answer: null };
    turn.asked += 1;
    this.turns.set(key, turn);
    await null; // until all of this turn have asked
    this.turns.delete(key);
    if (turn.asked === 1) return alone();
    turn.answer ??= all();
    return turn.answer;
  }
}
