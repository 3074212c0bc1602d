/** One folder on the way down to `path`, the folder of data first. */
export interface Step {
  readonly name: string;
  readonly path: string;
}

export function stepsOf(path: string): Step[] {
  const names = path.split("/").filter((name) => name !== "");
  return [
    { name: "", path: "" },
    ...names.map((name, i) => ({ name, path: names.slice(0, i + 1).join("/") })),
  ];
}

const UNITS = ["bytes", "kB", "MB", "GB", "TB"] as const;

/** `1.4 MB`, in powers of 1000. */
export function formatBytes(bytes: number, format: (n: number) => string): string {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** power;
  const rounded = power === 0 || amount >= 100 ? Math.round(amount) : Math.round(amount * 10) / 10;
  return `${format(rounded)} ${UNITS[power]}`;
}
