import type { ComponentChildren } from 'preact';
import { call, pathTo } from '../core/api';
import { now } from '../core/clock';
import { count } from '../core/format';
import { useLive } from '../core/live';
import { href } from '../core/router';
import type { AppStatus, Operation, Page, Workflow } from '../core/types';
import { readJson } from '../ui/actions';
import { Age, Card, Empty, Time } from '../ui/basics';
import { ask } from '../ui/dialog';
import { tell } from '../ui/notices';
import { ruleInWords } from '../lanes/words';

interface PublishedEvent { started?: unknown[]; stoppedCount?: number }

/** The app itself: its mode, its events, what it can run, and what was done with many runs. */
export function AppView() {
  const status = useLive<AppStatus>('system/status', 5000).data.value;
  const workflows = useLive<Page<Workflow>>('workflows', 60_000).data.value?.items;
  const operations = useLive<Page<Operation>>('operations?limit=20', 5000).data.value?.items;
  return <>
    <div class="columns">
      <Card id="mode-card" title="Mode">{status ? <ModeOf status={status} /> : null}</Card>
      <Card id="about-card" title="About the app">{status?.app ? <About status={status} /> : null}</Card>
      <Card id="event-card" title="Publish an event"><EventForm /></Card>
    </div>
    <Card id="workflows-card" title="Workflows">
      <div class="table" tabIndex={0} role="region" aria-label="The workflows"><table>
        <thead><tr><th scope="col">Workflow</th><th scope="col">Rules</th><th scope="col">Timeouts</th><th scope="col">Starts on</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead>
        <tbody id="workflows">{workflows?.map(workflow => <tr key={workflow.name}>
          <td data-label="Workflow"><a href={href(['lanes', workflow.name])}><b>{workflow.name}</b></a><div class="mute">version {workflow.version}{workflow.isLab ? ', lab workflow' : ''}</div></td>
          <td data-label="Rules">{workflow.rules.length + workflow.stepRules.length === 0 ? <span class="mute">none</span> : <ol class="plain">
            {workflow.rules.map(rule => <li key={rule.key}>{ruleInWords(rule)}</li>)}
            {workflow.stepRules.map(({ step, rule }) => <li key={step}>Step {step}: {ruleInWords(rule)}</li>)}
          </ol>}</td>
          <td data-label="Timeouts" class="number"><span class="mute">runs</span> {workflow.timeout}<br /><span class="mute">waits</span> {workflow.scheduleTimeout}<br /><span class="mute">grace</span> {workflow.grace}</td>
          <td data-label="Starts on">{workflow.startsOn.join(', ')}</td>
          <td><a class="button" href={href(['start', workflow.name])} aria-label={`Start a run of ${workflow.name}`}>Start</a></td>
        </tr>)}</tbody>
      </table></div>
    </Card>
    <Card id="operations-card" title="Bulk operations">
      {operations?.length === 0 ? <Empty>There were none in the last 7 days.</Empty> : <div class="table" tabIndex={0} role="region" aria-label="The bulk operations"><table>
        <thead><tr><th scope="col">Operation</th><th scope="col">Status</th><th scope="col">Done</th><th scope="col">Failed</th><th scope="col">Reason</th><th scope="col">Began</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead>
        <tbody id="operations">{operations?.map(operation => <tr key={operation.id}>
          <td data-label="Operation"><a href={href(['runs'], { operation: operation.id })}>{kinds[operation.kind] ?? operation.kind}{operation.dryRun ? ', dry run' : ''}</a></td>
          <td data-label="Status">{operation.status}</td>
          <td data-label="Done" class="number">{operation.done} of {operation.total}{operation.nothingToDo > 0 ? <div class="mute">{operation.nothingToDo} needed nothing</div> : null}</td>
          <td data-label="Failed" class="number">{operation.failed}</td>
          <td data-label="Reason">{operation.reason}</td>
          <td data-label="Began"><Time at={operation.startedAt} /></td>
          <td>{operation.status === 'Running' ? <button type="button" class="danger" aria-label={`Stop operation ${operation.id}`} onClick={() => stopOperation(operation)}>Stop</button> : null}</td>
        </tr>)}</tbody>
      </table></div>}
    </Card>
  </>;
}

/** The processes that have answered since the page was opened, and when each did last. */
const workers = new Map<string, number>();

/** What the app is, what it runs on, and which of its processes the page has heard from. */
function About({ status }: { status: AppStatus }) {
  const app = status.app!;
  workers.set(app.process, now.value);
  const facts: [string, ComponentChildren][] = [
    ['App', `${app.name}, version ${app.version}`],
    ['Preempt', `version ${app.preemptVersion}`],
    ['Backend', app.backend],
    ['Stop notices', app.feed],
    ['Workers seen', <ul class="plain" id="workers">{[...workers].map(([name, at]) => <li key={name}><span class="mono break">{name}</span> <span class="mute">responded <Age at={new Date(at).toISOString()} /> ago</span></li>)}</ul>],
  ];
  return <dl id="about">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}

const kinds: Record<string, string> = { 'bulk-cancel': 'Cancel', 'bulk-replay': 'Replay', 'publish-event': 'Event' };

const stopOperation = (operation: Operation): void => ask({
  title: 'Stop the operation?', verb: 'Stop the operation', isDangerous: true,
  body: <p>It has gone through {operation.done + operation.nothingToDo + operation.failed} of {count(operation.total, 'run')}. Work already done stays done, and the other runs are left alone.</p>,
  run: async () => { await call('POST', pathTo(['operations', operation.id, 'stop'])); tell('The operation is stopped.'); },
});

const modes: Record<string, string> = {
  Running: 'Runs are admitted as their gates have free slots.',
  Draining: 'No run is admitted. Running runs go on to their ends.',
  Stopping: 'No run is admitted. Running runs are asked to stop.',
};

function ModeOf({ status }: { status: AppStatus }) {
  const change = (verb: string, path: string, what: string, isDangerous: boolean): void => ask({
    title: `${verb} the app?`, verb: `${verb} the app`, isDangerous,
    body: <p>{what}</p>,
    run: async () => { await call('POST', path); tell(`${verb}: done.`); },
  });
  return <div class="card-body">
    <p><b id="app-mode">{status.mode}</b>{status.since ? <span class="mute"> for <Age at={status.since} /></span> : null}</p>
    <p>{modes[status.mode]}{status.refuse ? ' Starts are refused.' : status.mode === 'Running' ? '' : ' New runs are accepted and wait.'}</p>
    {status.mode === 'Running' ? null : <p id="drained">{status.isDrained ? 'Nothing runs any more.' : `${count(status.running ?? 0, 'run')} still ${status.running === 1 ? 'runs' : 'run'}, ${status.waiting ?? 0} wait.`}{status.lookedAt ? <span class="mute"> Counted at <Time at={status.lookedAt} />.</span> : null}</p>}
    <div class="actions" role="group" aria-label="Change the mode">
      <button type="button" id="drain" disabled={status.mode !== 'Running'} onClick={() => change('Drain', 'system/drain', 'The app admits no more runs, and running runs go on to their ends. New runs are accepted and wait. This lasts until the app is resumed, also after a restart.', true)}>Drain</button>
      <button type="button" id="stop" class="danger" disabled={status.mode === 'Stopping'} onClick={() => change('Stop', 'system/drain?mode=immediate', 'The app admits no more runs, and all running runs are asked to stop, with their grace. New runs are accepted and wait. This lasts until the app is resumed, also after a restart.', true)}>Stop</button>
      <button type="button" id="resume" class="main" disabled={status.mode === 'Running'} onClick={() => change('Resume', 'system/resume', 'The app admits runs again, as their gates have free slots.', false)}>Resume</button>
    </div>
  </div>;
}

function EventForm() {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const name = String(form.get('name'));
    ask({
      title: `Publish the event ${name}?`, verb: 'Publish',
      body: <p>Each workflow that starts on it gets a run, with the payload as its input. Runs that end on it are stopped.</p>,
      run: async () => {
        const answer = await call<PublishedEvent>('POST', pathTo(['events', name]), readJson(form.get('payload'), 'The payload'));
        tell(`The event ${name} started ${count(answer.started?.length ?? 0, 'run')} and stopped ${count(answer.stoppedCount ?? 0, 'run')}.`);
      },
    });
  };
  return <form class="card-body" onSubmit={submit}>
    <label class="field"><span>Name</span><input name="name" id="event-name" required maxLength={100} /></label>
    <label class="field"><span>Payload, JSON (empty: none)</span><textarea name="payload" rows={3} spellcheck={false} /></label>
    <div><button id="publish">Publish</button></div>
  </form>;
}
