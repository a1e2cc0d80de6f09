import type { ComponentChildren } from 'preact';
import { pathTo } from '../core/api';
import { useState } from 'preact/hooks';
import { count, inZone, millis, reasonInWords } from '../core/format';
import { useLive } from '../core/live';
import { href } from '../core/router';
import { isEnded, type Explanation, type Lanes, type Page, type Run } from '../core/types';
import { runActions } from '../ui/actions';
import { lifecycle, RunTimeline } from './RunTimeline';
import { Card, Copy, Empty, Json, Progress, RunLink, Status, Time, Took } from '../ui/basics';

/** Everything about one run. */
export function RunView({ id }: { id: string }) {
  const live = useLive<Run>(pathTo(['runs', id]));
  const words = useLive<Explanation>(pathTo(['runs', id, 'explain']), 3000).data.value;
  const run = live.data.value;
  if (live.error.value && !run) return <Empty>{live.error.value} <a href="#/runs">Go to the runs</a>.</Empty>;
  if (!run) return <Empty>Looking for the run …</Empty>;
  const isOver = isEnded(run.status);
  return <>
    <div class="title">
      <p class="crumbs"><a href="#/runs">Runs</a> / <a href={href(['runs'], { workflow: run.workflow })}>{run.workflow}</a>{run.key ? <> / <a href={href(['lanes', run.workflow], { key: run.key })} class="break">{run.key}</a></> : null}</p>
      <h1 id="detailTitle" tabIndex={-1}><span class="break mono">{run.id}</span> <Copy text={run.id} what="the id" /></h1>
      <div class="title-line"><Status run={run} /><Progress run={run} /></div>
      <p id="explain" aria-live="polite">{words ? inZone(words.text) : null}</p>
      <div class="actions" role="group" aria-label="Actions">
        <button type="button" id="cancel" class="danger" disabled={isOver} onClick={() => runActions.cancel(run)}>Cancel</button>
        <button type="button" id="extend" disabled={isOver || run.status === 'Stopping'} onClick={() => runActions.extend(run)}>Extend</button>
        <button type="button" id="sendEvent" disabled={isOver} onClick={() => runActions.event(run)}>Send event</button>
        <button type="button" id="replay" disabled={!isOver} onClick={() => runActions.replay(run)}>Replay</button>
        <button type="button" id="delete" class="danger" disabled={!isOver} onClick={() => runActions.remove(run)}>Delete</button>
      </div>
    </div>
    <Card id="steps-card" title="Timeline" actions={run.key ? <a href={href(['lanes', run.workflow], { key: run.key, until: run.endedAt ? new Date(millis(run.endedAt) + 20_000).toISOString() : null })}>See it in its lane</a> : null}>
      <RunTimeline run={run} />
    </Card>
    <div class="columns">
      <Card id="facts-card" title="Facts"><Facts run={run} /></Card>
      <Related run={run} />
      <Card id="input-card" title="Input"><Json value={run.input ?? null} label="the input" /></Card>
      <Card id="output-card" title={run.error ? 'Error' : 'Output'}>
        {run.error ? <div class="card-body"><p class="problem"><b>{run.error.type}</b>{run.error.step ? ` in step ${run.error.step}` : ''}<br />{run.error.message}</p></div> : null}
        {run.output !== undefined && run.output !== null ? <Json value={run.output} label="the output" /> : run.error ? null : <Empty>{isOver ? 'The run has no output.' : 'There is no output yet.'}</Empty>}
      </Card>
      <Card id="log-card" title="What happened"><ol class="log" id="log">{lifecycle(run).map((event, index) => <li key={index}><Time at={event.at} exact /> <span>{event.what}</span></li>)}</ol></Card>
    </div>
  </>;
}

/** The runs that it has to do with: what it superseded, its parent, and its children as a tree. */
function Related({ run }: { run: Run }) {
  const since = new Date(millis(run.queuedAt) - 1000).toISOString();
  const children = useLive<Page<Run>>(pathTo(['runs'], { parentId: run.id, since, limit: 200 }), 5000).data.value;
  const lane = useLive<Lanes>(pathTo(['lanes'], { workflow: run.workflow, key: run.key, since: new Date(millis(run.queuedAt) - 60_000).toISOString(), until: run.endedAt }), 5000).data.value;
  const superseded = lane?.runs.filter(other => other.supersededBy === run.id) ?? [];
  const gate = isEnded(run.status) ? undefined : lane?.gates.find(found => found.key === run.key);
  const place = gate ? gate.next.indexOf(run.id) : -1;
  return <Card id="related-card" title="Related runs">
    <dl id="related">
      {run.stop?.supersededBy ? <div><dt>Superseded by</dt><dd><RunLink id={run.stop.supersededBy} /></dd></div> : null}
      {superseded.length > 0 ? <div><dt>It superseded</dt><dd>{superseded.map(other => <div key={other.id}><RunLink id={other.id} /></div>)}</dd></div> : null}
      {run.parentId ? <div><dt>Parent</dt><dd><RunLink id={run.parentId} /></dd></div> : null}
      {run.key ? <div><dt>Gate</dt><dd><a href={href(['gates'], { workflow: run.workflow, key: run.key })} class="break">{run.key}</a>{gate ? <span class="mute"> {count(gate.holders, 'run')} hold{gate.holders === 1 ? 's' : ''} it, {gate.waiting} wait{gate.waiting === 1 ? 's' : ''}{place >= 0 ? `; this one is number ${place + 1}` : ''}</span> : null}</dd></div> : null}
      <div><dt>Children</dt><dd>{!children ? '…' : children.items.length === 0 ? <span class="mute">none</span> : <Tree runs={children.items} />}</dd></div>
    </dl>
  </Card>;
}

function Tree({ runs, depth = 1 }: { runs: Run[]; depth?: number }) {
  return <ul class="tree">{[...runs].reverse().map(child => <Branch key={child.id} run={child} depth={depth} />)}</ul>;
}

const deepest = 5;

/** A child; its own children are looked for when it is opened. */
function Branch({ run, depth }: { run: Run; depth: number }) {
  const [isOpen, setOpen] = useState(false);
  return <li><RunLink id={run.id} /> <Status run={run} /> <span class="mute">{run.workflow} <Took from={run.queuedAt} to={run.endedAt} /></span>
    {depth < deepest ? <button type="button" class="icon" aria-expanded={isOpen} aria-label={`Children of run ${run.id}`} onClick={() => setOpen(!isOpen)}>{isOpen ? '▾' : '▸'}</button> : null}
    {isOpen ? <Grandchildren id={run.id} depth={depth + 1} /> : null}
  </li>;
}

function Grandchildren({ id, depth }: { id: string; depth: number }) {
  const children = useLive<Page<Run>>(pathTo(['runs'], { parentId: id, limit: 200 }), 5000).data.value;
  return !children ? null : children.items.length === 0 ? <span class="mute"> none</span> : <Tree runs={children.items} depth={depth} />;
}

function Facts({ run }: { run: Run }) {
  const facts: [string, ComponentChildren][] = [
    ['Workflow', `${run.workflow}, version ${run.version}`],
    ['Key', run.key],
    ['Accepted', <Time at={run.queuedAt} exact />],
    ['Started', run.startedAt ? <Time at={run.startedAt} exact /> : null],
    ['Ended', run.endedAt ? <Time at={run.endedAt} exact /> : null],
    ['Waited', <Took from={run.queuedAt} to={run.startedAt ?? run.endedAt} />],
    ['Ran', run.startedAt ? <Took from={run.startedAt} to={run.endedAt} /> : null],
    ['Stop', run.stop ? <>{reasonInWords(run.stop.reason)}{run.stop.forced ? ', ended by force' : ''}{run.stop.message ? `: ${run.stop.message}` : ''}</> : null],
    ['Requested at', run.stop ? <Time at={run.stop.requestedAt} exact /> : null],
    ['Requested by', run.stop?.by],
    ['Grace', run.stop?.grace],
    ['Fencing tokens', run.fencingTokens.join(', ')],
    ['Metadata', Object.entries(run.metadata).map(([name, value]) => `${name}=${value}`).join(', ')],
  ];
  return <dl id="facts">{facts.filter(([, value]) => value).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}
