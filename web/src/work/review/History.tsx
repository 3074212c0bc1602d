import type { ReviewEvent } from "../../api";
import { LongText } from "../../parts/LongText";
import { Name } from "../../parts/Name";
import { Time } from "../parts/Time";
import { STATE_NAMES } from "./queue";

/** What was decided and noted, newest first. */
export function History({ events }: { events: readonly ReviewEvent[] }) {
  return (
    <ol class="entries">
      {events.map((event, i) => (
        <li key={i} class="entry">
          {event.state !== null && (
            <p>
              Set to <strong>{STATE_NAMES[event.state].toLowerCase()}</strong>
            </p>
          )}
          {event.note !== null && (
            <p class="user-text">
              <LongText text={event.note} most={400} />
            </p>
          )}
          <p class="note entry-foot">
            <span>
              <Name text={event.author} />, <Time time={event.time} />
            </span>
          </p>
        </li>
      ))}
    </ol>
  );
}
