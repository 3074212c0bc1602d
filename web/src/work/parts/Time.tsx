import { formatTime } from "./times";

/** When something was done. */
export function Time({ time }: { time: string }) {
  return (
    <time class="figure" dateTime={time} title={time}>
      {formatTime(time)}
    </time>
  );
}
