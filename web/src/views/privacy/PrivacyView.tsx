import type { AttackFigure, Privacy } from "../../api";
import { notTogether, overall, thresholdsOf, VERDICTS, withheldOf } from "../../model/promised";
import { formatNumber } from "../../model/words";
import { useOpened } from "../atlas_context";
import { Scores } from "./Scores";

/** What is promised of this atlas, what was withheld for it, and what attacks on it found. */
export function PrivacyView() {
  const { atlas, privacy } = useOpened();
  return (
    <article class="prose-page">
      <h2 class="page-title">Privacy of {atlas.run}</h2>
      <p class="lead">{privacy.guarantee}</p>
      {!privacy.for_publishing && (
        <p class="warning">Not for publishing: this run’s profile promises nothing to others.</p>
      )}
      <div class="two-columns">
        <Thresholds privacy={privacy} />
        <Withheld privacy={privacy} />
      </div>
      <Scores />
      <Audit privacy={privacy} />
      {privacy.notes.length > 0 && (
        <section>
          <h3>What else is promised, and what is not</h3>
          <ul class="plain-list">
            {privacy.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </section>
      )}
    </article>
  );
}

function Thresholds({ privacy }: { privacy: Privacy }) {
  return (
    <section>
      <h3>Thresholds in force</h3>
      <dl class="facts">
        {thresholdsOf(privacy).map(({ name, said }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{said}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Withheld({ privacy }: { privacy: Privacy }) {
  const { hierarchy } = useOpened();
  const entries = withheldOf(privacy);
  const most = Math.max(1, ...entries.map(({ count }) => count));
  return (
    <section>
      <h3>Withheld, for the whole run</h3>
      {privacy.cells !== null && (
        <p class="note">Of about {formatNumber(privacy.cells)} cells in all, released or not.</p>
      )}
      <ul class="bars wide-labels">
        {entries.map(({ name, count, said }) => (
          <li key={name}>
            <span class="bar-label">{name}</span>
            <span class="bar-track" aria-hidden="true">
              <span class="bar-fill" style={{ width: `${(count / most) * 100}%` }} />
            </span>
            <span class="bar-number figure">{said}</span>
          </li>
        ))}
      </ul>
      {notTogether(privacy, hierarchy.levels.length).map((said) => (
        <p key={said} class="note">
          {said}
        </p>
      ))}
    </section>
  );
}

function Audit({ privacy }: { privacy: Privacy }) {
  if (privacy.audited === null) {
    return (
      <section>
        <h3>Attacks</h3>
        <p>
          This run was not attacked yet. <code>clioscope audit</code> tries on a copy of it what an attacker
          would, and its figures are then shown here.
        </p>
      </section>
    );
  }
  return (
    <section>
      <h3>Attacks, as of {privacy.audited}</h3>
      {!privacy.audited_this && <p class="warning">The audit was of another release of this run.</p>}
      {privacy.verdict && <p class="lead">{overall(privacy.verdict)}</p>}
      <div class="attack-list">
        {privacy.attacks.map((attack) => (
          <Attack key={attack.name} attack={attack} />
        ))}
      </div>
    </section>
  );
}

function Attack({ attack }: { attack: AttackFigure }) {
  return (
    <section class="attack">
      <h4>
        {attack.title} <span class={`verdict ${VERDICTS[attack.verdict]?.sort ?? ""}`}>{attack.verdict}</span>
      </h4>
      <p>{attack.said}</p>
      {(attack.with_protection || attack.without_protection) && (
        <dl class="facts">
          <div>
            <dt>As protected</dt>
            <dd>{attack.with_protection ?? "not tried"}</dd>
          </div>
          <div>
            <dt>Without protection</dt>
            <dd>{attack.without_protection ?? "not tried"}</dd>
          </div>
        </dl>
      )}
    </section>
  );
}
