export interface Place {
  readonly id: string;
  readonly level: number;
  readonly x: number;
  readonly y: number;
}

/** The ids of the `limit` clusters of the same level that lie nearest on the map, nearest first. */
export function nearest(to: Place, places: readonly Place[], limit: number): string[] {
  return places
    .filter((place) => place.level === to.level && place.id !== to.id)
    .map((place) => ({ id: place.id, distance: Math.hypot(place.x - to.x, place.y - to.y) }))
    .sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1))
    .slice(0, limit)
    .map((place) => place.id);
}
