/** The API's answers under short names. */
import type { components } from "./types";

type Answers = components["schemas"];

export type AccessRules = Answers["AccessRules"];
export type ApiToken = Answers["ApiToken"];
export type AuditLine = Answers["AuditLine"];
export type AuditVerdict = Answers["AuditVerdict"];
export type Conversation = Answers["Conversation"];
export type Conversations = Answers["Conversations"];
export type EditEntry = Answers["EditEntry"];
export type Edits = Answers["Edits"];
export type Edit = Answers["EditRequest"]["edit"];
export type Estimate = Answers["Estimate"];
export type FileEntry = Answers["FileEntry"];
export type Files = Answers["Files"];
export type RunEntry = Answers["RunEntry"];
export type RunList = Answers["RunList"];
export type RunOptions = Answers["RunOptions"];
export type RunRequest = Answers["RunRequest"];
export type RawConversation = Answers["RawConversation"];
export type ReviewItem = Answers["ReviewItem"];
export type ReviewEvent = Answers["ReviewEvent"];
export type LostReview = Answers["LostReview"];
export type ReviewQueue = Answers["ReviewQueue"];
export type SessionEntry = Answers["SessionEntry"];
export type Reviewed = Answers["Reviewed"];

export type Atlas = Answers["Atlas"];
export type AtlasEntry = Answers["AtlasEntry"];
export type AttackFigure = Answers["AttackFigure"];
export type Attribute = Answers["Attribute"];
export type Cells = Answers["Cells"];
export type Cluster = Answers["Cluster"];
export type Clusters = Answers["Clusters"];
export type Found = Answers["Found"];
export type MapBins = Answers["MapBins"];
export type Privacy = Answers["Privacy"];
export type SearchResults = Answers["SearchResults"];
export type Session = Answers["Session"];
export type SignedOut = Answers["SignedOut"];

/** The level of everything together. */
export const EVERYTHING_LEVEL = -1;
/** The cluster id of everything together. */
export const EVERYTHING = "all";
