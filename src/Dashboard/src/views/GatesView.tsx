import { pathTo } from '../core/api';
import { useLive } from '../core/live';
import { href, route, setQuery } from '../core/router';
import type { Gate, Page, Workflow } from '../core/types';
import { rateInWords } from '../lanes/words';
import { LimitsCard } from './LimitsCard';
import { Age, Card, Empty, RunLink, TypedField } from '../ui/basics';

const shownRuns = 8;

/** Who holds the gates of a workflow and who waits at them, the longest wait first. */
export function GatesView() {
  const { query } = route.value;
  const all = useLive<Page<Workflow>>('workflows', 60_000).data.value?.items;
  const workflows = all?.filter(each => rulesOf(each).length > 0);
  const shared = [...new Set(all?.flatMap(rulesOf).flatMap(({ rule }) => rule.name ?? []))];
  const further = workflows?.flatMap(furtherRules) ?? [];
  const rule = query.get('rule');
  const workflow = query.get('workflow') ?? workflows?.[0]?.name;
  const place = rule ? { rule } : workflow ? { workflow } : null;
  const lanes = rule ? undefined : workflows?.find(({ name, rules }) => name === workflow && rules.length > 0)?.name;
  const choose = (value: string) => setQuery(value.startsWith('~') ? { rule: value.slice(1), workflow: '', key: '', cursor: '' } : { workflow: value, rule: '', key: '', cursor: '' });
  return <><Card id="gates-card" title="Gates" actions={<span class="mute">Each key has a gate. Runs that hold a slot of it run, the others wait.</span>}>
    <div class="filters" role="search" aria-label="Gates">
      <label class="field"><span>Workflow or rule</span><select id="workflow" value={rule ? `~${rule}` : workflow ?? ''} onChange={event => choose(event.currentTarget.value)}>
        {workflows?.map(({ name }) => <option key={name} value={name}>{name}</option>)}
        {further.length > 0 ? <optgroup label="Further rules">{further.map(({ id, label }) => <option key={id} value={`~${id}`}>{label}</option>)}</optgroup> : null}
        {shared.length > 0 ? <optgroup label="Shared rules">{shared.map(name => <option key={name} value={`~${name}`}>{name}</option>)}</optgroup> : null}
      </select></label>
      <TypedField id="filterKey" label="Key (empty: all)" value={query.get('key') ?? ''} apply={key => setQuery({ key, cursor: '' })} size={18} />
    </div>
    {place ? <GatesTable place={place} lanes={lanes} keyName={query.get('key')} cursor={query.get('cursor')} /> : workflows ? <Empty>No workflow has a concurrency rule.</Empty> : null}
  </Card>{place ? <LimitsCard place={place} /> : null}</>;
}

/** A workflow's rules in the order in which they are counted: those of its runs, then those around its steps. */
const rulesOf = ({ rules, stepRules }: Workflow) => [...rules.map(rule => ({ rule, step: null as string | null })), ...stepRules];

/** A workflow's rules after its first, its own: each has gates too. */
function furtherRules(workflow: Workflow): { id: string; label: string }[] {
  const { name } = workflow;
  return rulesOf(workflow).map(({ rule, step }, index) => ({ rule, id: `${name}:${index}`, label: `${name}:${index}${step ? `, around step ${step}` : ''}` }))
    .slice(1).filter(({ rule }) => !rule.name);
}

/** A gate that serves all keys is shown as one gate for each of them. */
function byKey(gate: Gate): Gate[] {
  if (gate.strategy !== 'RoundRobin') return [gate];
  const keys = new Set([...gate.holders, ...gate.waiters].map(run => run.key ?? ''));
  return [...keys].map(key => ({ ...gate, key, holders: gate.holders.filter(run => run.key === key), waiters: gate.waiters.filter(run => run.key === key) }));
}

const longestWait = (gate: Gate): number => Math.min(Infinity, ...gate.waiters.map(waiter => Date.parse(waiter.queuedAt)));

function GatesTable({ place, lanes, keyName, cursor }: { place: { workflow: string } | { rule: string }; lanes: string | undefined; keyName: string | null; cursor: string | null }) {
  const live = useLive<Page<Gate> | Gate>(pathTo(['gates'], keyName ? { ...place, key: keyName } : { ...place, limit: 200, cursor }));
  const answer = live.data.value;
  if (live.error.value) return <p class="problem" role="alert">{live.error.value}</p>;
  if (!answer) return null;
  const gates = ('items' in answer ? answer.items : [answer]).flatMap(byKey)
    .filter(gate => keyName || gate.healed > 0 || gate.holders.length + gate.waiters.length > 0)
    .sort((one, other) => longestWait(one) - longestWait(other) || other.holders.length - one.holders.length || one.key.localeCompare(other.key));
  const next = 'items' in answer ? answer.cursor : null;
  return <>
    {gates.length === 0 ? <Empty><span id="gates">No run holds or waits at a gate of {'rule' in place ? place.rule : place.workflow}.</span></Empty> : <div class="table" tabIndex={0} role="region" aria-label="The gates"><table>
      <thead><tr><th scope="col">Key</th><th scope="col">Slots</th><th scope="col">Held by</th><th scope="col">Waiting, in order</th><th scope="col">Longest wait</th><th scope="col">Last token</th></tr></thead>
      <tbody id="gates">{gates.map(gate => <tr key={gate.key}>
        <td data-label="Key" class="key">{lanes ? <a href={href(['lanes', lanes], { key: gate.key })}>{gate.key || '(all keys)'}</a> : gate.key || '(all keys)'}</td>
        <td data-label="Slots" class="number">{gate.rate ? rateInWords(gate.rate) : gate.debounce ? `quiet for ${gate.debounce.quiet}` : `${gate.holders.length} of ${gate.maxRuns}`}<div class="mute">{gate.isPaused ? <b>paused, </b> : null}{gate.strategy}{gate.maxTotal ? `, ${gate.maxTotal} in all` : ''}</div>{gate.healed ? <div class="mute" title="Runs were terminated or purged past the app. The gate took their slots back.">{gate.healed} healed</div> : null}</td>
        <td data-label="Held by"><ol class="plain">{gate.holders.slice(0, shownRuns).map(holder => <li key={holder.runId}><HolderLink {...holder} />{holder.supersededBy ? <span class="mute"> stops for a newer run</span> : null}</li>)}</ol><More all={gate.holders.length} /></td>
        <td data-label="Waiting"><ol class="plain">{gate.waiters.slice(0, shownRuns).map((waiter, place) => <li key={waiter.runId}><span class="mute number">{place + 1}.</span> <HolderLink {...waiter} /> <span class="mute"><Age at={waiter.queuedAt} />{waiter.priority ? `, priority ${waiter.priority}` : ''}</span></li>)}</ol><More all={gate.waiters.length} /></td>
        <td data-label="Longest wait">{gate.waiters.length > 0 ? <Age at={new Date(longestWait(gate)).toISOString()} /> : null}</td>
        <td data-label="Last token" class="number">{gate.lastToken}</td>
      </tr>)}</tbody>
    </table></div>}
    {cursor || next ? <div class="foot">
      <button type="button" disabled={!cursor} onClick={() => setQuery({ cursor: '' })}>First page</button>
      <button type="button" disabled={!next} onClick={() => setQuery({ cursor: next })}>Next page</button>
    </div> : null}
  </>;
}

/** A run, or a step of one, with its workflow where several share the gate. */
function HolderLink({ runId, workflow }: { runId: string; workflow?: string | null }) {
  const [run = runId, step] = runId.split('#');
  return <><RunLink id={run} />{step ? <span class="mute"> step {step}</span> : null}{workflow ? <span class="mute"> {workflow}</span> : null}</>;
}

const More = ({ all }: { all: number }) => all > shownRuns ? <span class="mute">and {(all - shownRuns).toLocaleString('en-GB')} more</span> : null;
