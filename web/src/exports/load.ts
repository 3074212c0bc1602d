export type Exports = typeof import(".");

const NOT_LOADED = "What makes files could not be loaded. Load the page again.";

/** What makes files, loaded when somebody first takes one along. */
export function loadExports(): Promise<Exports> {
  return import(".").catch(() => {
    throw new Error(NOT_LOADED);
  });
}
