import { useRef } from 'preact/hooks';
import { pathTo } from '../core/api';
import { now } from '../core/clock';
import { count, duration, millis } from '../core/format';
import { useLive } from '../core/live';
import { href, route, setQuery } from '../core/router';
import type { Bucket, Page, Percentiles, Statistics, Workflow } from '../core/types';
import { Card, Empty } from '../ui/basics';
import { TimeChart } from '../ui/TimeChart';

const ranges: Record<string, { words: string; minutes: number }> = {
  '15m': { words: 'last 15 minutes', minutes: 15 },
  '1h': { words: 'last hour', minutes: 60 },
  '6h': { words: 'last 6 hours', minutes: 360 },
  '24h': { words: 'last 24 hours', minutes: 24 * 60 },
  '7d': { words: 'last 7 days', minutes: 7 * 24 * 60 },
};

const outcomes: [keyof Bucket & string, string, string][] = [
  ['succeeded', 'succeeded', '--succeeded'], ['superseded', 'superseded', '--superseded'], ['cancelled', 'cancelled', '--cancelled'],
  ['timedOut', 'timed out', '--timedout'], ['failed', 'failed', '--failed'], ['rejected', 'rejected', '--rejected'], ['open', 'not ended', '--running'],
];

/** How the app does: small charts over a time. */
export function OverviewView() {
  const { query } = route.value;
  const range = ranges[query.get('range') ?? ''] ? query.get('range')! : '1h';
  const workflow = query.get('workflow') ?? '';
  const workflows = useLive<Page<Workflow>>('workflows', 60_000).data.value?.items ?? [];
  const span = ranges[range]!.minutes * 60_000;
  const step = span / 60;
  const since = new Date(Math.floor((now.value - span) / step) * step + step).toISOString();
  const live = useLive<Statistics>(pathTo(['statistics'], { workflow, since }), 3000);
  const kept = useRef<Statistics | undefined>(undefined);
  kept.current = live.data.value ?? kept.current;
  const numbers = kept.current;
  return <>
    <div class="view-head">
      <h1>Overview</h1>
      <label class="field"><span>Workflow</span><select id="workflow" value={workflow} onChange={event => setQuery({ workflow: event.currentTarget.value })}>
        <option value="">all</option>{workflows.map(({ name }) => <option key={name} value={name}>{name}</option>)}
      </select></label>
      <label class="field"><span>Accepted</span><select id="range" value={range} onChange={event => setQuery({ range: event.currentTarget.value })}>
        {Object.entries(ranges).map(([name, { words }]) => <option key={name} value={name}>{words}</option>)}
      </select></label>
    </div>
    {live.error.value ? <p class="problem" role="alert">{live.error.value}</p> : null}
    {numbers ? <Numbers numbers={numbers} range={range} /> : <Empty>Counting the runs …</Empty>}
  </>;
}

function Numbers({ numbers, range }: { numbers: Statistics; range: string }) {
  const runsOf = (...statuses: string[]): number => numbers.statuses.filter(({ status }) => statuses.includes(status)).reduce((sum, { runs }) => sum + runs, 0);
  const superseded = numbers.buckets.reduce((sum, bucket) => sum + bucket.superseded, 0);
  const ended = numbers.runs - runsOf('Queued', 'Running', 'Stopping');
  const link = (status: string): string => href(['runs'], { status, range: ['15m', '1h', '24h', '7d'].includes(range) ? range : '24h' });
  const times = numbers.buckets.map(bucket => millis(bucket.from));
  return <>
    {numbers.isComplete ? null : <p class="mute">There are more than {numbers.runs.toLocaleString('en-GB')} runs, and only these were counted. Choose a workflow or a shorter time.</p>}
    <div class="tiles">
      <Tile name="Runs" value={numbers.runs.toLocaleString('en-GB')} address={link('')} />
      <Tile name="Not ended" value={(numbers.runs - ended).toLocaleString('en-GB')} address={link('open')} />
      <Tile name="Succeeded" value={ended > 0 ? `${Math.round(runsOf('Succeeded') / ended * 100)} %` : '–'} address={link('Succeeded')} note={runsOf('Succeeded').toLocaleString('en-GB')} />
      <Tile name="Failed" value={(runsOf('Failed') + runsOf('TimedOut')).toLocaleString('en-GB')} address={link('Failed')} note="including timed out" />
      <Tile name="Superseded" value={superseded.toLocaleString('en-GB')} address={link('Cancelled')} note="by a newer run" />
    </div>
    <div class="columns">
      <Card id="outcomes" title="Runs by outcome">
        <TimeChart label={`Runs by outcome over time: ${numbers.runs} in all.`} times={times} isStacked unit={value => Number.isInteger(value) ? String(value) : ''} series={outcomes.map(([name, words, color]) => ({ name: words, color, values: numbers.buckets.map(bucket => bucket[name] as number) }))} />
      </Card>
      <Card id="busiest" title="Busiest keys">
        {numbers.keys.length === 0 ? <Empty>No run was accepted in this time.</Empty> : <ol class="bars">{numbers.keys.map(key => <li key={`${key.workflow}:${key.key}`}>
          <a href={href(['lanes', key.workflow], { key: key.key, window: '15m' })} class="break">{key.key ?? 'no key'}</a> <span class="mute">{key.workflow}</span>
          <span class="bar-line"><svg width="100%" height="8" preserveAspectRatio="none" aria-hidden="true"><rect class="bar-all" height="8" rx="3" width={`${key.runs / numbers.keys[0]!.runs * 100}%`} /><rect class="bar-old" height="8" rx="3" width={`${key.superseded / numbers.keys[0]!.runs * 100}%`} /></svg></span>
          <span class="number">{count(key.runs, 'run')}{key.superseded > 0 ? `, ${key.superseded} superseded` : ''}</span>
        </li>)}</ol>}
      </Card>
      <Card id="queue-time" title="Time in the queue" actions={<Spread times={numbers.queueTime} />}>
        <TimeChart label="The median time from accepted to started" times={times} unit={seconds => duration(seconds * 1000)} series={[{ name: 'median of the runs accepted then', color: '--running', values: numbers.buckets.map(bucket => bucket.queueTime) }]} />
      </Card>
      <Card id="stop-time" title="Time to stop" actions={<Spread times={numbers.stopTime} />}>
        <TimeChart label="The median time from a stop request to the end of its run" times={times} unit={seconds => duration(seconds * 1000)} series={[{ name: 'median of the runs accepted then', color: '--timedout', values: numbers.buckets.map(bucket => bucket.stopTime) }]} />
      </Card>
    </div>
  </>;
}

function Tile({ name, value, note, address }: { name: string; value: string; note?: string; address: string }) {
  return <a class="tile" href={address}><span class="mute">{name}</span><b class="number">{value}</b><span class="mute">{note ?? ' '}</span></a>;
}

function Spread({ times }: { times: Percentiles | null }) {
  return times
    ? <dl class="spread">{(['p50', 'p90', 'p99'] as const).map(name => <div key={name}><dt>{name}</dt><dd class="number">{duration(times[name] * 1000)}</dd></div>)}</dl>
    : <span class="mute">no runs</span>;
}
