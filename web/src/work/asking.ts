/** What the server is asked for what people do. */
import type { SheetFormat } from "../exports/formats";
import type {
  AccessRules,
  ApiToken,
  AuditLine,
  AuditVerdict,
  Conversations,
  Edit,
  Edits,
  Estimate,
  Files,
  RawConversation,
  Reviewed,
  ReviewQueue,
  RunEntry,
  RunList,
  RunOptions,
  RunRequest,
  SessionEntry,
} from "../api";
import { ask, get } from "../source/http";
import type { ReviewState } from "../state/state";

const of = (atlas: string) => `/api/atlases/${encodeURIComponent(atlas)}`;
const ofRun = (run: string) => `/api/runs/${encodeURIComponent(run)}`;

export const askEdits = (atlas: string) => get<Edits>(`${of(atlas)}/edits`);
export const askEdit = (atlas: string, version: number, edit: Edit) =>
  ask<Edits>("POST", `${of(atlas)}/edits`, { version, edit });
export const askStep = (atlas: string, version: number, step: "undo" | "redo") =>
  ask<Edits>("POST", `${of(atlas)}/edits/${step}`, { version });

export const askQueue = (atlas: string, level: number) =>
  get<ReviewQueue>(`${of(atlas)}/review?level=${level}`);
export const askReviewed = (atlas: string, cluster: string) =>
  get<Reviewed>(`${of(atlas)}/review/${encodeURIComponent(cluster)}`);
export interface Review {
  readonly version: number;
  readonly state?: ReviewState;
  readonly note?: string;
}
export const askReview = (atlas: string, cluster: string, review: Review) =>
  ask<Reviewed>("PUT", `${of(atlas)}/review/${encodeURIComponent(cluster)}`, review);

export const askFiles = (path: string) => get<Files>(`/api/files?${new URLSearchParams({ path })}`);
export const askEstimate = (options: RunOptions) => ask<Estimate>("POST", "/api/estimate", options);
export const askRuns = () => get<RunList>("/api/runs");
export const askStart = (run: RunRequest) => ask<RunEntry>("POST", "/api/runs", run);
export const askStop = (run: string) => ask<RunEntry>("POST", `${ofRun(run)}/stop`);
export const askResume = (run: string) => ask<RunEntry>("POST", `${ofRun(run)}/resume`);
export const progressAddress = (run: string) => `${ofRun(run)}/progress`;

export interface Reveal {
  readonly cluster: string;
  readonly page: number;
  readonly reason: string;
}
export const askAllowed = (atlas: string) => get<{ allowed: boolean }>(`${of(atlas)}/conversations`);
export const askConversations = (atlas: string, asked: Reveal) =>
  ask<Conversations>("POST", `${of(atlas)}/conversations`, asked);
export const askRaw = (atlas: string, asked: Reveal & { readonly conversation: string }) =>
  ask<RawConversation>("POST", `${of(atlas)}/conversations/raw`, asked);

export interface LogQuery {
  readonly kind: string | null;
  readonly person: string | null;
  readonly before: number | null;
}
export function askLog({ kind, person, before }: LogQuery, most: number): Promise<{ lines: AuditLine[] }> {
  const asked = logQuery({ kind, person }, { most: String(most) });
  if (before !== null) asked.set("before", String(before));
  return get(`/api/audit-log?${asked}`);
}
/** Where the server makes a file of the list of runs. */
export const listExport = (format: SheetFormat) => `/api/list/export?format=${format}`;
/** Where the server makes a file of all lines that are asked for. */
export const logExport = (asked: Omit<LogQuery, "before">, format: SheetFormat) =>
  `/api/audit-log/export?${logQuery(asked, { format })}`;
function logQuery({ kind, person }: Omit<LogQuery, "before">, more: Record<string, string>): URLSearchParams {
  const asked = new URLSearchParams(more);
  if (kind) asked.set("action", kind);
  if (person) asked.set("of", person);
  return asked;
}
export const askVerdict = () => get<AuditVerdict>("/api/audit-log/verify");

export const askRules = () => get<AccessRules>("/api/access");
export const askTokens = async (everybody = false) =>
  (await get<{ tokens: ApiToken[] }>(`/api/tokens${everybody ? "?everybody=true" : ""}`)).tokens;
export interface TokenRequest {
  readonly label: string;
  readonly role: string;
  /** Patterns of names; `null` is all. */
  readonly runs: readonly string[] | null;
  readonly days: number;
}
export const askToken = (asked: TokenRequest) =>
  ask<{ secret: string; token: ApiToken }>("POST", "/api/tokens", asked);
export const askTokenRevoked = (id: string) =>
  ask<unknown>("POST", `/api/tokens/${encodeURIComponent(id)}/revoke`);
export const askSessions = async () => (await get<{ sessions: SessionEntry[] }>("/api/sessions")).sessions;
export const askSessionRevoked = (id: string) =>
  ask<unknown>("POST", `/api/sessions/${encodeURIComponent(id)}/revoke`);
export const askPersonRevoked = (user: string) =>
  ask<{ sessions: number; tokens: number }>("POST", "/api/people/revoke", { user });
