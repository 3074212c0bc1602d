/** In place of `load.ts` in a report, which is one file and can load nothing. */
import * as exports from ".";

export const loadExports = async () => exports;
