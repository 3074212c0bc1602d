import type { AttackFigure, Privacy } from "../api";
import type { Hierarchy } from "../model/hierarchy";
import { notTogether, overall, thresholdsOf, type Told, withheldOf } from "../model/promised";
import { scoreName, SCORES, scoresByLevel } from "../model/scores";
import { formatNumber, levelName } from "../model/words";
import type { DrawnRow, DrawnRows } from "./rows_chart";
import type { Exported } from "./shown";
import type { Sheet } from "./tabular";

/** Characters. */
const LONGEST_CELL = 40;
const LONGEST_LINE = 130;

interface Fact extends Told {
  /** `null` where what is said is no count. */
  readonly count: number | null;
}

interface Part {
  readonly title: string;
  readonly facts: readonly Fact[];
}

const fact = (name: string, said: string): Fact => ({ name, said, count: null });

/** What the privacy view tells, part by part. */
function partsOf(privacy: Privacy, hierarchy: Hierarchy): Part[] {
  const scores = scoresByLevel(hierarchy.released).map(({ level, counts }) => ({
    title: `The auditor's scores of the ${levelName(level, hierarchy.levels.length).toLowerCase()}`,
    facts: counts.map((count, i) => ({
      name: scoreName(SCORES[i] ?? null),
      said: formatNumber(count),
      count,
    })),
  }));
  return [
    {
      title: "Promise",
      facts: [
        fact("Guarantee", privacy.guarantee),
        fact("For publishing", privacy.for_publishing ? "yes" : "no"),
        ...privacy.notes.map((note, i) => fact(`Note ${i + 1}`, note)),
      ],
    },
    {
      title: "Thresholds in force",
      facts: thresholdsOf(privacy).map(({ name, said }) => fact(name, said)),
    },
    {
      title: "Withheld, for the whole run",
      facts: [
        ...withheldOf(privacy),
        ...(privacy.cells === null
          ? []
          : [fact("Cells in all, released or not", `about ${formatNumber(privacy.cells)}`)]),
        ...notTogether(privacy, hierarchy.levels.length).map((said) => fact("Two attributes", said)),
      ],
    },
    ...scores,
    { title: "Attacks", facts: attacksOf(privacy) },
  ];
}

function attacksOf(privacy: Privacy): Fact[] {
  if (privacy.audited === null) return [fact("Audit", "not tried yet")];
  const rates = ({ title, with_protection, without_protection }: AttackFigure) =>
    with_protection || without_protection
      ? [
          fact(`${title}, as protected`, with_protection ?? "not tried"),
          fact(`${title}, without protection`, without_protection ?? "not tried"),
        ]
      : [];
  return [
    fact("Audit", privacy.audited),
    fact("Of this release", privacy.audited_this ? "yes" : "no: of another release of this run"),
    ...(privacy.verdict ? [fact("Verdict", overall(privacy.verdict))] : []),
    ...privacy.attacks.flatMap((attack) => [
      fact(attack.title, attack.verdict),
      fact(`${attack.title}, what was tried`, attack.said),
      ...rates(attack),
    ]),
  ];
}

/** The figures of the privacy view; `count` is empty where what is said is no count. */
export function privacySheet({ opened }: Exported): Sheet {
  return {
    columns: ["part", "name", "said", "count"],
    rows: partsOf(opened.privacy, opened.hierarchy).flatMap(({ title, facts }) =>
      facts.map(({ name, said, count }) => [title, name, said, count]),
    ),
  };
}

/** The figures of the privacy view as rows of a picture, in which long texts go on for several. */
export function privacyRows({ opened }: Exported): DrawnRows {
  const text = (name: string, depth: number): DrawnRow => ({ name, depth, size: null, cells: [""] });
  const rows = partsOf(opened.privacy, opened.hierarchy).flatMap(({ title, facts }): DrawnRow[] => {
    const most = Math.max(1, ...facts.map(({ count }) => count ?? 0));
    return [
      text(title, 0),
      ...facts.flatMap(({ name, said, count }) =>
        said.length > LONGEST_CELL
          ? lines(`${name}: ${said}`).map((line) => text(line, 1))
          : [{ name, depth: 1, size: count === null ? null : count / most, cells: [said] }],
      ),
    ];
  });
  return { title: `Privacy of ${opened.atlas.run}`, heads: ["Figure"], rows, names: 460 };
}

function lines(text: string): string[] {
  const made = [""];
  for (const word of text.split(" ")) {
    const last = made.at(-1) as string;
    if (last.length + word.length < LONGEST_LINE) made[made.length - 1] = `${last} ${word}`.trimStart();
    else made.push(word);
  }
  return made;
}
