import type { LevelsQuery } from "../source/source";
import type { Filter, Selection } from "../state/state";
import { selectionName } from "./words";

/** The one or two values that everything is narrowed to. */
export function partsOf(filter: Filter | null): readonly Selection[] {
  if (!filter) return [];
  const { attribute, value, and } = filter;
  return [{ attribute, value }, ...(and ? [and] : [])];
}

/** A filter of these values; `null` where there are none. */
export function filterOf([first, and]: readonly Selection[]): Filter | null {
  return first ? { ...first, ...(and ? { and } : {}) } : null;
}

/** Whether `attribute` is held at one value. */
export const isHeld = (filter: Filter | null, attribute: string) =>
  partsOf(filter).some((part) => part.attribute === attribute);

/** What narrows figures by `attribute`: what it is itself held at does not. */
export function besides(filter: Filter | null, attribute: string): Filter | null {
  return isHeld(filter, attribute)
    ? filterOf(partsOf(filter).filter((part) => part.attribute !== attribute))
    : filter;
}

/** `filter`, and `selection` too: in the place of what its attribute was held at, or of the second of two others. */
export function narrowed(filter: Filter | null, { attribute, value }: Selection): Filter {
  const selection = { attribute, value };
  const parts = partsOf(filter);
  const kept = isHeld(filter, attribute)
    ? parts.map((part) => (part.attribute === attribute ? selection : part))
    : [...parts.slice(0, 1), selection];
  return filterOf(kept) as Filter;
}

/** What to ask for cells by `attribute` under `filter`; `null`: those would be of three attributes. */
export function queryOf(attribute: string, filter: Filter | null): LevelsQuery | null {
  const rest = besides(filter, attribute);
  if (!rest) return { attribute };
  return rest.and ? null : { attribute: rest.attribute, value: rest.value, by: attribute };
}

/** Whether figures of a cluster by all values of `attribute` can be told: held at one, it has no growth and no mean. */
export const tells = (attribute: string | null, filter: Filter | null) =>
  attribute !== null && !isHeld(filter, attribute) && queryOf(attribute, filter) !== null;

/** Why they cannot, in a sentence; `null` where they can. */
export function whyNotTold(attribute: string, filter: Filter | null): string | null {
  if (isHeld(filter, attribute)) {
    return `The filter holds one ${attribute.replace(/_/g, " ")} alone: that has neither growth nor a mean.`;
  }
  return queryOf(attribute, filter) === null ? THREE : null;
}

export const THREE =
  "The atlas counts by at most two attributes at once, and the filter holds two. Take one of them out of it.";

/** What to ask for how much there is under `filter`. */
export function sizesQuery({ attribute, value, and }: Filter): LevelsQuery {
  return and ? { attribute, value, by: and.attribute, byValue: and.value } : { attribute, value };
}

/** The value that what {@link sizesQuery} asks for is counted by. */
export const sizeValue = ({ value, and }: Filter) => (and ?? { value }).value;

/** `Language: Spanish`, or `Language: Spanish and Month: May 2026`. */
export const filterName = (filter: Filter) => partsOf(filter).map(selectionName).join(" and ");
