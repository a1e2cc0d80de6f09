import { call, pathTo } from '../core/api';
import { shortId } from '../core/format';
import { go, runHref } from '../core/router';
import type { Run } from '../core/types';
import { ask } from './dialog';
import { tell } from './notices';

/** What can be done with a run. Each says first what will happen. */
export const runActions = {
  cancel(run: Run): void {
    ask({
      title: `Cancel run ${shortId(run.id)}?`,
      verb: 'Cancel the run',
      isDangerous: true,
      body: <>
        <p>{run.status === 'Queued'
          ? 'It is waiting, and will not start.'
          : `It is asked to stop: its token fires, no new step begins, and it is ended by force when its grace is over.`}</p>
        <label class="field"><span>Reason</span><input name="reason" maxLength={200} defaultValue="cancelled on the dashboard" /></label>
        <label class="field"><span>Grace (empty: the workflow’s own)</span><input name="grace" placeholder="10s" size={8} /></label>
      </>,
      run: async form => {
        await call('POST', pathTo(['runs', run.id, 'cancel']), compact({ reason: form.get('reason'), grace: form.get('grace') }));
      },
    });
  },

  extend(run: Run): void {
    ask({
      title: `Give run ${shortId(run.id)} more time?`,
      verb: 'Extend',
      body: <>
        <p>This is added to what is left of its timeout.</p>
        <label class="field"><span>By</span><input name="by" required defaultValue="5 minutes" size={12} /></label>
      </>,
      run: async form => {
        await call('POST', pathTo(['runs', run.id, 'extend']), { by: form.get('by') });
        tell('The run has more time.');
      },
    });
  },

  replay(run: Run): void {
    ask({
      title: `Replay run ${shortId(run.id)}?`,
      verb: 'Replay',
      body: <p>A new run of <b>{run.workflow}</b>{run.key ? <> with the key <b class="break">{run.key}</b></> : null} starts with the same input, metadata and priority. This run stays as it is.</p>,
      run: async () => { go(runHref((await call<Run>('POST', pathTo(['runs', run.id, 'replay']), {})).id)); },
    });
  },

  remove(run: Run): void {
    ask({
      title: `Delete run ${shortId(run.id)}?`,
      verb: 'Delete',
      isDangerous: true,
      body: <p>The run and its history are deleted for good.</p>,
      run: async () => {
        await call('DELETE', pathTo(['runs', run.id]));
        tell(`Run ${run.id} is deleted.`);
        go('#/runs');
      },
    });
  },

  event(run: Run): void {
    ask({
      title: `Send an event to run ${shortId(run.id)}?`,
      verb: 'Send',
      body: <>
        <p>If the run's code waits for the event, the code gets it. If the run's end condition names the event, the run stops. Otherwise nothing happens.</p>
        <label class="field"><span>Name</span><input name="name" required maxLength={100} /></label>
        <label class="field"><span>Payload, JSON (empty: none)</span><textarea name="payload" rows={4} spellcheck={false} /></label>
      </>,
      run: async form => {
        await call('POST', pathTo(['runs', run.id, 'events', String(form.get('name'))]), readJson(form.get('payload'), 'The payload'));
        tell('The event is sent.');
      },
    });
  },
};

export function readJson(text: FormDataEntryValue | null, what: string): unknown {
  const written = String(text ?? '').trim();
  if (!written) return undefined;
  try {
    return JSON.parse(written);
  } catch (error) {
    throw new Error(`${what} is not JSON: ${(error as Error).message}`);
  }
}

/** Without the members that are empty. */
export function compact(body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== undefined && value !== ''));
}
