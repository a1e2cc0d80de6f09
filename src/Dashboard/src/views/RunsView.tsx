import { signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { pathTo } from '../core/api';
import { now } from '../core/clock';
import { count } from '../core/format';
import { useLive } from '../core/live';
import { route, setQuery } from '../core/router';
import { allStatuses, isEnded, openStatuses, type Page, type Run, type Statistics, type Workflow } from '../core/types';
import { Age, Card, Empty, Progress, reasonOf, RunLink, Status, Time, Took, TypedField } from '../ui/basics';
import { bulk, OperationProgress, type Selection } from '../ui/bulk';

const pageSize = 50;
const chosen = signal<ReadonlySet<string>>(new Set());

const ranges: Record<string, { words: string; minutes: number }> = {
  '15m': { words: 'last 15 minutes', minutes: 15 },
  '1h': { words: 'last hour', minutes: 60 },
  '24h': { words: 'last 24 hours', minutes: 24 * 60 },
  '7d': { words: 'last 7 days', minutes: 7 * 24 * 60 },
};

/** The beginning of a range that moves with time, in whole steps of it, so that an address is asked for more than once. */
function sinceOf(range: string | null): string | undefined {
  const minutes = range ? ranges[range]?.minutes : undefined;
  if (!minutes) return undefined;
  const step = minutes * 60_000 / 60;
  return new Date(Math.floor((now.value - minutes * 60_000) / step) * step).toISOString();
}

/** The filter of the address, as the API takes it. */
export function runFilter(query: URLSearchParams): Record<string, string | undefined> {
  const [name = '', ...value] = (query.get('metadata') ?? '').split('=');
  return {
    workflow: query.get('workflow') ?? undefined,
    key: query.get('key') ?? undefined,
    status: query.get('status') === 'open' ? openStatuses.join(',') : query.get('status') ?? undefined,
    since: sinceOf(query.get('range')),
    text: query.get('text') ?? undefined,
    parentId: query.get('parentId') ?? undefined,
    ...(name.trim() ? { [`metadata.${name.trim()}`]: value.join('=') } : {}),
  };
}

/** The same filter as the body of a bulk operation; null when it matches every run, which an operation does not take. */
function bulkFilter(query: URLSearchParams): Record<string, unknown> | null {
  const { status, ...filter } = runFilter(query);
  const body: Record<string, unknown> = {};
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(filter)) {
    if (value === undefined) continue;
    if (name.startsWith('metadata.')) metadata[name.slice('metadata.'.length)] = value; else body[name] = value;
  }
  if (status) body.status = status.split(',');
  if (Object.keys(metadata).length > 0) body.metadata = metadata;
  return Object.keys(body).length > 0 ? body : null;
}

export function RunsView() {
  const { query } = route.value;
  const workflows = useLive<Page<Workflow>>('workflows', 60_000).data.value?.items ?? [];
  const list = useLive<Page<Run>>(pathTo(['runs'], { ...runFilter(query), limit: pageSize, cursor: query.get('cursor') }));
  const runs = list.data.value?.items ?? [];
  const set = (values: Record<string, string>): void => {
    chosen.value = new Set();
    setQuery({ ...values, cursor: '' });
  };
  return <>
    <Card id="runs-card" title="Runs" actions={<a class="button main" href="#/start">Start a run</a>}>
      <div class="filters" role="search" aria-label="Runs">
        <label class="field"><span>Workflow</span><select id="workflow" value={query.get('workflow') ?? ''} onChange={event => set({ workflow: event.currentTarget.value })}>
          <option value="">all</option>{workflows.map(({ name }) => <option key={name} value={name}>{name}</option>)}
        </select></label>
        <TypedField id="text" label="Id, key or metadata contains" value={query.get('text') ?? ''} apply={text => set({ text })} size={20} />
        <TypedField id="filterKey" label="Key" value={query.get('key') ?? ''} apply={key => set({ key })} size={14} />
        <TypedField id="metadata" label="Metadata, name=value" value={query.get('metadata') ?? ''} apply={metadata => set({ metadata })} size={14} />
        <label class="field"><span>Accepted</span><select id="range" value={query.get('range') ?? ''} onChange={event => set({ range: event.currentTarget.value })}>
          <option value="">at any time</option>{Object.entries(ranges).map(([name, { words }]) => <option key={name} value={name}>{words}</option>)}
        </select></label>
      </div>
      <StatusFilter query={query} set={set} />
      {query.get('parentId') ? <p class="note mute">Children of <RunLink id={query.get('parentId')!} /> <button type="button" class="quiet" onClick={() => set({ parentId: '' })}>Show all</button></p> : null}
      {query.get('operation') ? <OperationProgress key={query.get('operation')} id={query.get('operation')!} /> : null}
      {list.error.value ? <p class="problem" role="alert">{list.error.value}</p> : null}
      <Bulk runs={runs} query={query} />
      <RunsTable runs={runs} isLoaded={list.data.value !== undefined} />
      <div class="foot">
        <button type="button" id="newest" disabled={!query.get('cursor')} onClick={() => setQuery({ cursor: '' })}>Newest</button>
        <button type="button" id="older" disabled={!list.data.value?.cursor} onClick={() => setQuery({ cursor: list.data.value?.cursor })}>Older</button>
        <span class="mute" id="runsCaption">{runs.length > 0 ? `${count(runs.length, 'run')}, the newest first${list.data.value?.cursor ? '; there are older ones' : '; there are no more'}.` : ''}</span>
      </div>
    </Card>
  </>;
}

/** The statuses with the number of their runs; each is a filter. */
function StatusFilter({ query, set }: { query: URLSearchParams; set: (values: Record<string, string>) => void }) {
  const { status: _, ...filter } = runFilter(query);
  const statistics = useLive<Statistics>(pathTo(['statistics'], filter), 3000).data.value;
  const kept = useRef<Statistics | undefined>(undefined);
  kept.current = statistics ?? kept.current;
  const wanted = query.get('status') ?? '';
  const numbers = new Map(kept.current?.statuses.map(({ status, runs }) => [status, runs]));
  const more = kept.current && !kept.current.isComplete ? '+' : '';
  const sum = (statuses: readonly string[]): number => statuses.reduce((all, status) => all + (numbers.get(status) ?? 0), 0);
  const chips: [string, string, number][] = [
    ['', 'All', sum(allStatuses)], ['open', 'Not ended', sum(openStatuses)],
    ...allStatuses.map(status => [status, status === 'TimedOut' ? 'Timed out' : status, numbers.get(status) ?? 0] as [string, string, number]),
  ];
  return <div class="chips" role="group" aria-label="Status">
    {chips.map(([status, name, runs]) => <button key={status} type="button" class={`chip s-${status}`} data-status={status} aria-pressed={wanted === status} onClick={() => set({ status })}>{name} <span class="number">{kept.current ? `${runs.toLocaleString('en-GB')}${more}` : ''}</span></button>)}
  </div>;
}

function Bulk({ runs, query }: { runs: Run[]; query: URLSearchParams }) {
  const ids = [...chosen.value];
  const ended = new Set(runs.filter(run => isEnded(run.status)).map(run => run.id));
  const filter = bulkFilter(query);
  const done = (): void => { chosen.value = new Set(); };
  const selection: Selection | null = ids.length > 0 ? { runIds: ids } : filter ? { filter } : null;
  const which = ids.length > 0 ? `chosen (${ids.length})` : 'all of this filter';
  return <div class="bulk">
    <span class="mute" id="bulk-what">{ids.length > 0 ? `${count(ids.length, 'run')} chosen.` : filter ? 'Choose runs, or cancel or replay all runs of the filter.' : 'Choose runs or set a filter, to cancel or replay many.'}</span>
    {ids.length > 0 ? <button type="button" class="quiet" onClick={done}>Choose none</button> : null}
    <button type="button" id="cancelChosen" class="danger" disabled={!selection || (ids.length > 0 && ids.every(id => ended.has(id)))} onClick={() => selection && void bulk('cancel', selection, done)}>Cancel {which}</button>
    <button type="button" id="replayChosen" disabled={!selection || (ids.length > 0 && !ids.some(id => ended.has(id)))} onClick={() => selection && void bulk('replay', selection, done)}>Replay {which}</button>
  </div>;
}

function RunsTable({ runs, isLoaded }: { runs: Run[]; isLoaded: boolean }) {
  const choose = (ids: string[], isOn: boolean): void => {
    const next = new Set(chosen.value);
    for (const id of ids) if (isOn) next.add(id); else next.delete(id);
    chosen.value = next;
  };
  const all = runs.map(run => run.id);
  if (isLoaded && runs.length === 0) return <Empty><span id="runsEmpty">No run matches.</span></Empty>;
  return <div class="table" tabIndex={0} role="region" aria-label="The runs">
    <table id="runs-table">
      <thead><tr>
        <th><input type="checkbox" id="chooseAll" aria-label="Choose all runs of this page" checked={all.length > 0 && all.every(id => chosen.value.has(id))} onChange={event => choose(all, event.currentTarget.checked)} /></th>
        <th scope="col">Run</th><th scope="col">Workflow</th><th scope="col">Key</th><th scope="col">Status</th><th scope="col">Reason</th><th scope="col">Waited</th><th scope="col">Ran</th><th scope="col">Accepted</th><th scope="col">Age</th>
      </tr></thead>
      <tbody id="runs">{runs.map(run => <tr key={run.id} data-run={run.id}>
        <td><input type="checkbox" aria-label={`Choose run ${run.id}`} checked={chosen.value.has(run.id)} onChange={event => choose([run.id], event.currentTarget.checked)} /></td>
        <td data-label="Run"><RunLink id={run.id} /></td>
        <td data-label="Workflow">{run.workflow}</td>
        <td data-label="Key" class="key">{run.key}</td>
        <td data-label="Status"><Status run={run} /><Progress run={run} /></td>
        <td data-label="Reason" class="reason">{reasonOf(run)}</td>
        <td data-label="Waited"><Took from={run.queuedAt} to={run.startedAt ?? run.endedAt} /></td>
        <td data-label="Ran"><Took from={run.startedAt} to={run.endedAt} /></td>
        <td data-label="Accepted"><Time at={run.queuedAt} /></td>
        <td data-label="Age"><Age at={run.queuedAt} /></td>
      </tr>)}</tbody>
    </table>
  </div>;
}
