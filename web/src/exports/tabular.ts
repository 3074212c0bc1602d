/** A table as it is written to a file: texts, numbers, and `null` for what is not released. */
export interface Sheet {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** Where a file comes from, and what its figures stand on: the same as in the server's files. */
export interface Provenance {
  readonly clioscope: string;
  readonly run: string;
  readonly facet: string;
  readonly digest: string;
  /** The address of what is shown. */
  readonly query: string;
  readonly thresholds: Readonly<Record<string, number | boolean | string>>;
  readonly guarantee: string;
}

/** What a spreadsheet may take for the beginning of a formula (OWASP, "CSV injection"), full-width forms too. */
const FORMULA = /^ *[=+\-@\t\r\n＝＋－＠]/;

export function provenanceLines(provenance: Provenance): string[] {
  const { clioscope, run, facet, digest, query, guarantee } = provenance;
  const thresholds = Object.entries(provenance.thresholds).map(([name, value]) => `${name} ${value}`);
  return [
    `Clioscope ${clioscope}: run ${run}, hierarchy by ${facet}, atlas SHA-256 ${digest}`,
    `Query: ${query}`,
    `Thresholds: ${thresholds.join(", ")}`,
    `Guarantee: ${guarantee}`,
  ];
}

/** `sheet` behind lines that begin with # and say where it comes from. No cell can run as a formula. */
export function toCsv(sheet: Sheet, provenance: Provenance): string {
  const before = provenanceLines(provenance).map((line) => [`# ${line}`]);
  return [...before, sheet.columns, ...sheet.rows].map((row) => `${row.map(field).join(",")}\n`).join("");
}

export function toJson(sheet: Sheet, provenance: Provenance): string {
  const rows = sheet.rows.map((row) =>
    JSON.stringify(Object.fromEntries(sheet.columns.map((column, i) => [column, row[i] ?? null]))),
  );
  return `{"provenance": ${JSON.stringify(provenance)},\n"rows": [\n${rows.join(",\n")}\n]}\n`;
}

function field(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(harmless) ? `"${harmless.replace(/"/g, '""')}"` : harmless;
}
