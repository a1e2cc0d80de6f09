import { call, get, isKeyError, pathTo } from '../core/api';
import { count } from '../core/format';
import { useLive } from '../core/live';
import { setQuery } from '../core/router';
import type { Operation } from '../core/types';
import { RunLink } from './basics';
import { ask } from './dialog';
import { fail } from './notices';

/** What a bulk operation is done with: some runs, or all that a filter matches. */
export type Selection = { runIds: string[] } | { filter: Record<string, unknown> };

const kinds = {
  cancel: { path: 'bulk-cancel', verb: 'Cancel', done: 'asked to stop', what: 'Waiting runs will not start. Running runs are asked to stop, with their grace. Runs that have ended stay as they are.' },
  replay: { path: 'bulk-replay', verb: 'Replay', done: 'started again', what: 'Each run is started again as a new run, with the same input, key, metadata and priority. Runs that have not ended are left out.' },
} as const;
export type BulkKind = keyof typeof kinds;

const limit = 120_000;

/** Counts the runs with a dry run. */
async function countRuns(kind: BulkKind, selection: Selection): Promise<number> {
  let operation = await call<Operation>('POST', pathTo(['runs', kinds[kind].path]), { ...selection, dryRun: true });
  for (const start = Date.now(); !operation.endedAt && Date.now() - start < limit;) {
    await new Promise(done => setTimeout(done, 300));
    operation = await get<Operation>(pathTo(['operations', operation.id]));
  }
  return operation.total;
}

/** Counts the runs, asks, and does it. How far it is stands in the address, so that it is found again after a reload. */
export async function bulk(kind: BulkKind, selection: Selection, onStart: () => void): Promise<void> {
  const { verb, path, what } = kinds[kind];
  const confirm = (runs: number): void => ask({
    title: `${verb} ${count(runs, 'run')}?`,
    verb: `${verb} ${count(runs, 'run')}`,
    isDangerous: kind === 'cancel',
    body: <>
      <p id="bulk-count">{runs === 0 ? 'No run matches now.' : `A dry run found ${count(runs, 'run')}.`}</p>
      <p>{what}</p>
      <label class="field"><span>Reason</span><input name="reason" maxLength={200} defaultValue={`${verb.toLowerCase()} on the dashboard`} /></label>
    </>,
    run: async form => {
      const operation = await call<Operation>('POST', pathTo(['runs', path]), { ...selection, reason: form.get('reason') });
      onStart();
      setQuery({ operation: operation.id });
    },
  });
  try {
    confirm(await countRuns(kind, selection));
  } catch (error) {
    if (!isKeyError(error)) return fail(error);
    ask({
      title: `${verb} many runs`,
      verb: 'Count the runs',
      body: <p>This needs the app’s admin key. Press the button, and enter the key when the page asks for it.</p>,
      run: async () => {
        const runs = await countRuns(kind, selection);
        setTimeout(() => confirm(runs), 0);
      },
    });
  }
}

/** How far an operation is. */
export function OperationProgress({ id }: { id: string }) {
  const live = useLive<Operation>(pathTo(['operations', id]));
  const operation = live.data.value;
  if (!operation) return live.error.value ? <p class="problem">{live.error.value}</p> : null;
  const { verb, done } = operation.kind === 'bulk-replay' ? kinds.replay : kinds.cancel;
  const seen = operation.done + operation.nothingToDo + operation.failed;
  return <div class="operation" role="status" id="operation">
    <b>{verb} {count(operation.total, 'run')}</b>
    <progress max={Math.max(1, operation.total)} value={operation.endedAt ? Math.max(1, operation.total) : seen} aria-label={`${seen} of ${operation.total}`} />
    <span class="number">{operation.done.toLocaleString('en-GB')} {done}{operation.nothingToDo > 0 ? `, ${operation.nothingToDo} needed nothing` : ''}{operation.failed > 0 ? `, ${operation.failed} failed` : ''}{operation.status === 'Stopped' ? `, stopped: ${operation.total - seen} are left alone` : operation.endedAt ? ', all gone through' : ''}</span>
    <button type="button" class="icon" aria-label="Close this progress" onClick={() => setQuery({ operation: '' })}>✕</button>
    {operation.failures.length > 0 ? <ul>{operation.failures.map(failure => <li key={failure.runId}><RunLink id={failure.runId} /> {failure.detail}</li>)}</ul> : null}
  </div>;
}
