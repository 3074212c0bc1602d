/** What a report holds: answers of the API, each as gzipped JSON in base64 under what is asked for it. */
export interface Blocks {
  readonly keys: readonly string[];
  /** `null` where the report does not hold it. */
  read(key: string): Promise<unknown>;
}

declare global {
  /** What the files of a report that is a folder call with what is in them. */
  var clioscopeBlock: ((key: string, content: string) => void) | undefined;
}

/** The blocks of the page, within it or in files beside it; `null` where the page is not a report. */
export function blocksIn(page: Document): Blocks | null {
  const index = page.getElementById("clioscope-files");
  if (index) return inFiles(page, JSON.parse(index.textContent ?? "{}") as Record<string, string>);
  const elements = new Map(
    [...page.querySelectorAll<HTMLElement>("script[data-key]")].map((one) => [one.dataset.key ?? "", one]),
  );
  if (elements.size === 0) return null;
  return {
    keys: [...elements.keys()],
    async read(key) {
      const content = elements.get(key)?.textContent;
      return content ? unpack(content) : null;
    },
  };
}

/** Files that call `clioscopeBlock`: a page that was opened from a disk may load scripts, and fetch nothing. */
function inFiles(page: Document, files: Readonly<Record<string, string>>): Blocks {
  const waiting = new Map<string, (content: string) => void>();
  globalThis.clioscopeBlock = (key, content) => waiting.get(key)?.(content);
  return {
    keys: Object.keys(files),
    async read(key) {
      const file = files[key];
      if (file === undefined) return null;
      const content = await new Promise<string>((resolve, reject) => {
        waiting.set(key, resolve);
        const script = page.createElement("script");
        script.src = file;
        script.onerror = () => reject(new Error(`The report's file ${file} is missing.`));
        page.head.append(script);
      });
      return unpack(content);
    },
  };
}

async function unpack(content: string): Promise<unknown> {
  const packed = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}
