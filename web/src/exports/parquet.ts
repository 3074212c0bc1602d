/**
 * A table as Parquet: one group of rows, plain and uncompressed, every column optional. No more of the format is needed
 * for tables of thousands of rows, and none of its libraries is small.
 *
 * https://parquet.apache.org/docs/file-format/ and parquet.thrift there; Thrift's compact protocol.
 */

import type { Sheet } from "./tabular";

type Value = string | number | null;
type Kind = "text" | "whole" | "real";

/** Numbers of parquet.thrift's enumerations. */
const TYPE: Record<Kind, number> = { text: 6, whole: 2, real: 5 };
const [OPTIONAL, UTF8, PLAIN, RLE, UNCOMPRESSED, DATA_PAGE] = [1, 0, 0, 3, 0, 0] as const;

/** Of Thrift's compact protocol. */
const [I32, I64, BINARY, LIST, STRUCT] = [5, 6, 8, 9, 12] as const;

type Field = readonly [id: number, type: number, bytes: number[]];

const MAGIC = [0x50, 0x41, 0x52, 0x31];

/** The bytes of `sheet`, with `metadata` as the schema's, by name. */
export function toParquet(sheet: Sheet, metadata: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [Uint8Array.from(MAGIC)];
  let offset = MAGIC.length;
  const kinds = sheet.columns.map((_, i) => kindOf(sheet.rows.map((row) => row[i] ?? null)));
  const chunks = sheet.columns.map((name, i) => {
    const values = sheet.rows.map((row) => row[i] ?? null);
    const kind = kinds[i] as Kind;
    const page = pageOf(values, kind);
    const header = Uint8Array.from(pageHeader(values.length, page.length));
    const size = header.length + page.length;
    const chunk = columnChunk(name, kind, values.length, size, offset);
    parts.push(header, page);
    offset += size;
    return chunk;
  });
  const rows = sheet.rows.length;
  const group = struct([
    [1, LIST, list(STRUCT, chunks)],
    [2, I64, whole(offset - MAGIC.length)],
    [3, I64, whole(rows)],
  ]);
  const root = struct([
    [4, BINARY, text("schema")],
    [5, I32, whole(sheet.columns.length)],
  ]);
  const pairs = Object.entries(metadata).map(([key, value]) =>
    struct([
      [1, BINARY, text(key)],
      [2, BINARY, text(value)],
    ]),
  );
  const footer = struct([
    [1, I32, whole(1)],
    [2, LIST, list(STRUCT, [root, ...sheet.columns.map((name, i) => element(name, kinds[i] as Kind))])],
    [3, I64, whole(rows)],
    [4, LIST, list(STRUCT, rows > 0 ? [group] : [])],
    [5, LIST, list(STRUCT, pairs)],
    [6, BINARY, text("clioscope")],
  ]);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, footer.length, true);
  return joined([...parts, Uint8Array.from(footer), length, Uint8Array.from(MAGIC)]);
}

function kindOf(values: readonly Value[]): Kind {
  const known = values.filter((value) => value !== null);
  if (known.length === 0 || known.some((value) => typeof value === "string")) return "text";
  return known.every((value) => Number.isSafeInteger(value)) ? "whole" : "real";
}

/** Which values are there, a bit each behind a run's header and the length of both; then those values. */
function pageOf(values: readonly Value[], kind: Kind): Uint8Array {
  const groups = Math.ceil(values.length / 8);
  const bits = new Uint8Array(groups);
  values.forEach((value, i) => {
    if (value !== null) bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
  });
  const run = varint(BigInt(groups) * 2n + 1n);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, run.length + groups, true);
  const written = values.flatMap((value) => (value === null ? [] : [plain(value, kind)]));
  return joined([length, Uint8Array.from(run), bits, ...written]);
}

function plain(value: string | number, kind: Kind): Uint8Array {
  if (kind === "text") {
    const bytes = new TextEncoder().encode(String(value));
    const found = new Uint8Array(4 + bytes.length);
    new DataView(found.buffer).setUint32(0, bytes.length, true);
    found.set(bytes, 4);
    return found;
  }
  const found = new Uint8Array(8);
  if (kind === "whole") new DataView(found.buffer).setBigInt64(0, BigInt(value), true);
  else new DataView(found.buffer).setFloat64(0, Number(value), true);
  return found;
}

function pageHeader(count: number, size: number): number[] {
  const data = struct([
    [1, I32, whole(count)],
    [2, I32, whole(PLAIN)],
    [3, I32, whole(RLE)],
    [4, I32, whole(RLE)],
  ]);
  return struct([
    [1, I32, whole(DATA_PAGE)],
    [2, I32, whole(size)],
    [3, I32, whole(size)],
    [5, STRUCT, data],
  ]);
}

function columnChunk(name: string, kind: Kind, count: number, size: number, offset: number): number[] {
  const about = struct([
    [1, I32, whole(TYPE[kind])],
    [2, LIST, list(I32, [whole(PLAIN), whole(RLE)])],
    [3, LIST, list(BINARY, [text(name)])],
    [4, I32, whole(UNCOMPRESSED)],
    [5, I64, whole(count)],
    [6, I64, whole(size)],
    [7, I64, whole(size)],
    [9, I64, whole(offset)],
  ]);
  return struct([
    [2, I64, whole(offset)],
    [3, STRUCT, about],
  ]);
}

function element(name: string, kind: Kind): number[] {
  const fields: Field[] = [
    [1, I32, whole(TYPE[kind])],
    [3, I32, whole(OPTIONAL)],
    [4, BINARY, text(name)],
  ];
  return struct(kind === "text" ? [...fields, [6, I32, whole(UTF8)]] : fields);
}

/** Fields in the order of their numbers, each told by how much larger its number is. */
function struct(fields: readonly Field[]): number[] {
  let last = 0;
  const bytes = fields.flatMap(([id, type, own]) => {
    const head = ((id - last) << 4) | type;
    last = id;
    return [head, ...own];
  });
  return [...bytes, 0];
}

function list(type: number, items: readonly number[][]): number[] {
  const size = items.length;
  const head = size < 15 ? [(size << 4) | type] : [0xf0 | type, ...varint(BigInt(size))];
  return [...head, ...items.flat()];
}

function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value);
  return [...varint(BigInt(bytes.length)), ...bytes];
}

/** A whole number that is not below 0, as Thrift writes those that may be. */
const whole = (value: number) => varint(BigInt(value) * 2n);

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  return [...bytes, Number(left)];
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
