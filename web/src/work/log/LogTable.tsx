import type { AuditLine } from "../../api";
import { formatNumber } from "../../model/words";
import { LongText } from "../../parts/LongText";
import { Name } from "../../parts/Name";
import { Time } from "../parts/Time";
import { detailOf, kindName } from "./lines";

interface Props {
  readonly lines: readonly AuditLine[];
  readonly onPerson: (person: string) => void;
}

export function LogTable({ lines, onPerson }: Props) {
  return (
    <table class="log-table">
      <thead>
        <tr>
          <th scope="col">Line</th>
          <th scope="col">When</th>
          <th scope="col">Who</th>
          <th scope="col">What</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <Line key={line.line} line={line} onPerson={onPerson} />
        ))}
      </tbody>
    </table>
  );
}

function Line({ line, onPerson }: { line: AuditLine; onPerson: Props["onPerson"] }) {
  return (
    <tr>
      <td class="figure log-line">{formatNumber(line.line)}</td>
      <td class="log-time">
        <Time time={line.time} />
      </td>
      <td class="log-person">
        <button
          type="button"
          class="link-button"
          title="Only lines of this person"
          onClick={() => onPerson(line.person)}
        >
          <Name text={line.person} />
        </button>{" "}
        <span class="note">{line.role}</span>
      </td>
      <td class="log-what">
        <span class={`badge kind-${line.action.replace(/\W/g, "-")}`}>{kindName(line.action)}</span>{" "}
        {line.about !== "" && <Name text={line.about} />}
        <dl class="log-detail">
          {detailOf(line.detail).map(([key, value]) => (
            <div key={key}>
              <dt>
                <Name text={key} />
              </dt>
              <dd>
                <LongText text={value} most={200} />
              </dd>
            </div>
          ))}
        </dl>
      </td>
    </tr>
  );
}
