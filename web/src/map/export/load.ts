const NOT_LOADED = "What makes pictures could not be loaded. Load the page again.";

/** What makes pictures of the map, loaded when somebody first takes one along. */
export function loadPictures(): Promise<typeof import("./pictures")> {
  return import("./pictures").catch(() => {
    throw new Error(NOT_LOADED);
  });
}
