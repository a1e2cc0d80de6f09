import { signal } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { pathTo } from '../core/api';
import { clock } from '../core/clock';
import { count, day, duration, exactTime, millis, timeOfDay, zone } from '../core/format';
import { isHeld, isLive, useLive } from '../core/live';
import { go, href, route, setQuery } from '../core/router';
import type { Lanes, Page, Rule, Workflow } from '../core/types';
import { chartHeight, describe, LaneChart, type Scale } from '../lanes/LaneChart';
import { layOut, Places, type Lane } from '../lanes/layout';
import { ruleInWords, runningInWords, slotsOf, waitInWords } from '../lanes/words';
import { Empty, RunLink, TypedField } from '../ui/basics';

const windows: Record<string, number> = { '1m': 60, '5m': 300, '15m': 900, '1h': 3600, '6h': 6 * 3600, '24h': 24 * 3600 };
const words: Record<string, string> = { '1m': '1 minute', '5m': '5 minutes', '15m': '15 minutes', '1h': '1 hour', '6h': '6 hours', '24h': '24 hours' };
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
const tickRoom = 110;
const wideHead = 176;
const wideLine = 250;
const narrow = 760;
const leastHeight = 70;
const lineHeight = 20;

const hovered = signal<string | null>(null);

/** A lane for each key of a workflow, time to the right. */
export function LanesView({ workflow }: { workflow: string | undefined }) {
  const workflows = useLive<Page<Workflow>>('workflows', 60_000).data.value?.items;
  const definition = workflows?.find(found => found.name === workflow);
  useEffect(() => {
    const first = workflows?.find(found => found.rules.length > 0 && !found.isLab) ?? workflows?.[0];
    if (!workflow && first) go(href(['lanes', first.name], route.value.query), true);
  }, [workflow, workflows]);
  if (!workflows || !workflow) return null;
  if (!definition) return <Empty>The app has no workflow named {workflow}. <a href="#/lanes">Show another one</a>.</Empty>;
  return <LanesOf key={definition.name} definition={definition} all={workflows} />;
}

function LanesOf({ definition, all }: { definition: Workflow; all: Workflow[] }) {
  const { query } = route.value;
  const span = windows[query.get('window') ?? ''] ?? windows['5m']!;
  const until = query.get('until') ? millis(query.get('until')!) : NaN;
  const isNow = Number.isNaN(until);
  const to = useNow(isNow, span, until);
  // In whole steps, so that an address is asked for more than once.
  const step = span * 1000 / 20;
  const since = new Date(Math.floor((to - span * 1000) / step) * step).toISOString();
  const live = useLive<Lanes>(pathTo(['lanes'], { workflow: definition.name, key: query.get('key'), since, until: isNow ? null : new Date(until).toISOString() }));
  const kept = useRef<Lanes | undefined>(undefined);
  kept.current = live.data.value ?? kept.current;
  const lanes = kept.current;
  const shift = (by: number): void => {
    const next = to + by * span * 1000 / 2;
    setQuery({ until: next >= clock.now() ? '' : new Date(next).toISOString() });
  };
  const rule = definition.rules[0];
  return <section class="card lanes-card" aria-labelledby="lanes-title">
    <div class="card-head">
      <div><h1 id="lanes-title">{definition.name}</h1>
        <p class="mute" id="rule">{rule ? ruleInWords(rule) : 'No concurrency rule: all runs start at once.'}</p></div>
      <a class="button main" href={href(['start', definition.name])}>Start a run</a>
    </div>
    <div class="filters" role="search" aria-label="Lanes">
      <label class="field"><span>Workflow</span><select id="workflow" value={definition.name} onChange={event => go(href(['lanes', event.currentTarget.value], { window: query.get('window') }))}>
        {all.map(({ name }) => <option key={name} value={name}>{name}</option>)}
      </select></label>
      <TypedField id="filterKey" label="Key (empty: all)" value={query.get('key') ?? ''} apply={key => setQuery({ key })} size={14} />
      <label class="field"><span>Time shown</span><select id="window" value={query.get('window') ?? '5m'} onChange={event => setQuery({ window: event.currentTarget.value })}>
        {Object.entries(words).map(([name, text]) => <option key={name} value={name}>{text}</option>)}
      </select></label>
      <div class="group" role="group" aria-label="Move in time">
        <button type="button" id="earlier" onClick={() => shift(-1)} aria-label="Earlier">←</button>
        <button type="button" id="later" onClick={() => shift(1)} disabled={isNow} aria-label="Later">→</button>
        <button type="button" id="toNow" onClick={() => setQuery({ until: '' })} disabled={isNow}>Now</button>
      </div>
      <Legend />
    </div>
    {live.error.value ? <p class="problem" role="alert">{live.error.value}</p> : null}
    {lanes && !lanes.isComplete ? <p class="mute note">There are more runs than are shown. Choose a key or a shorter time to see all.</p> : null}
    {lanes ? <Board lanes={lanes} rule={rule} definition={definition} from={to - span * 1000} to={to} isNow={isNow} /> : <Empty>Reading the runs …</Empty>}
  </section>;
}

/** The right edge: now, which goes on while nothing is pressed, or a time of the address. */
function useNow(isNow: boolean, span: number, until: number): number {
  const [at, setAt] = useState(clock.now());
  useEffect(() => {
    if (!isNow) return undefined;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const timer = setInterval(() => { if (isLive.value && !isHeld() && !document.hidden) setAt(clock.now()); }, calm || span > 900 ? 1000 : 200);
    return () => clearInterval(timer);
  }, [isNow, span]);
  return isNow ? at : until;
}

function Legend() {
  return <ul class="legend" aria-label="What the bars mean">
    <li><svg width="22" height="12"><rect class="key-wait" width="22" height="10" y="1" rx="3" /></svg>waits</li>
    <li><svg width="22" height="12"><rect class="key-run" width="22" height="12" rx="3" /></svg>runs</li>
    <li><svg width="22" height="12"><rect class="key-run faint" width="22" height="12" rx="3" /><rect class="grace" width="22" height="12" rx="3" /></svg>was told to stop</li>
    {['Succeeded', 'Superseded', 'Cancelled', 'Failed', 'TimedOut'].map(outcome => <li key={outcome} class={`s-${outcome}`}><svg width="10" height="10"><rect class="key-out" width="10" height="10" rx="2" /></svg>{outcome === 'TimedOut' ? 'timed out' : outcome.toLowerCase()}</li>)}
  </ul>;
}

function Board({ lanes, rule, definition, from, to, isNow }: { lanes: Lanes; rule: Rule | undefined; definition: Workflow; from: number; to: number; isNow: boolean }) {
  const board = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [seen, setSeen] = useState({ top: 0, bottom: 2000 });
  const places = useMemo(() => new Places(), []);
  useEffect(() => {
    const element = board.current!;
    const look = (): void => {
      const top = element.getBoundingClientRect().top;
      setSeen(before => {
        const next = { top: Math.floor((-top - 300) / 200) * 200, bottom: Math.ceil((innerHeight - top + 300) / 200) * 200 };
        return next.top === before.top && next.bottom === before.bottom ? before : next;
      });
    };
    const sizes = new ResizeObserver(() => { setWidth(element.clientWidth); look(); });
    sizes.observe(element);
    addEventListener('scroll', look, { passive: true });
    look();
    return () => { sizes.disconnect(); removeEventListener('scroll', look); };
  }, []);
  const isNarrow = width < narrow;
  const scale: Scale = { from, to, width: Math.max(120, isNarrow ? width - 24 : width - wideHead - wideLine) };
  const span = to - from;
  const drawn = useMemo(() => layOut(lanes.runs, lanes.gates, rule ? slotsOf(rule) || 1 : 0, span / scale.width * 3, places), [lanes, rule, span, scale.width]);
  const ticks = ticksOf(scale);
  const heightOf = (lane: Lane): number => isNarrow ? chartHeight(lane) + 34 + (lane.gate ? 2 * lineHeight + 6 : 0) : Math.max(leastHeight, chartHeight(lane));
  let top = 0;
  const shown: { lane: Lane; top: number; height: number }[] = [];
  for (const lane of drawn) {
    const height = heightOf(lane);
    if (top + height >= seen.top && top <= seen.bottom) shown.push({ lane, top, height });
    top += height;
  }
  const point = (event: Event): void => { hovered.value = (event.target as Element).closest('[data-run]')?.getAttribute('data-run') ?? null; };
  return <div class={`board ${isNarrow ? 'narrow' : ''}`} ref={board} onPointerOver={point} onFocusIn={point} onPointerLeave={() => { hovered.value = null; }}>
    <Arrow />
    {width > 0 ? <>
      <Axis scale={scale} ticks={ticks} left={isNarrow ? 12 : wideHead} isNow={isNow} />
      {drawn.length === 0 ? <Empty><span id="no-lanes">There were no runs of {definition.name} in this time. <a href={href(['start', definition.name])}>Start one</a>, or show a longer time.</span></Empty> : null}
      <div class="lanes" role="list" aria-label={`${count(drawn.length, 'lane')}`} data-lanes={drawn.length} style={{ height: `${top}px` }}>
        {shown.map(({ lane, top: at, height }) => <div key={lane.key} role="listitem" class="lane" data-lane={lane.key} style={{ top: `${at}px`, height: `${height}px` }}>
          <div class="lane-head">
            <a href={href(['lanes', definition.name], { key: lane.key, window: route.value.query.get('window') })} title={lane.key}>{lane.key || (rule ? '(no key)' : 'all runs')}</a>
            <span class="mute">{runningInWords(rule, lane)}{lane.gate ? `, ${lane.gate.waiting.toLocaleString('en-GB')} waiting` : ''}</span>
          </div>
          <LaneChart lane={lane} scale={scale} ticks={ticks} hovered={hovered} />
          <Line lane={lane} rule={rule} lanes={lanes} lines={isNarrow ? 1 : Math.max(1, Math.floor((height - 16) / lineHeight) - 1)} workflow={definition.name} />
        </div>)}
      </div>
    </> : null}
    <Hint lanes={lanes} to={to} />
  </div>;
}

/** Who waits, in their order, and for what. */
function Line({ lane, rule, lanes, lines, workflow }: { lane: Lane; rule: Rule | undefined; lanes: Lanes; lines: number; workflow: string }) {
  const gate = lane.gate;
  const byId = useMemo(() => new Map(lanes.runs.map(run => [run.id, run])), [lanes]);
  if (!gate) return <div class="line" />;
  const more = gate.waiting - lines;
  return <div class="line" data-line={lane.key}>
    <ol class="plain">{gate.next.slice(0, lines).map((id, place) => {
      const run = byId.get(id);
      return <li key={id}><span class="number mute">{place + 1}</span> <RunLink id={id} /> <span class="mute">{run ? duration(clock.now() - millis(run.queuedAt)) : ''} {waitInWords(rule, gate, place)}</span></li>;
    })}</ol>
    {more > 0 ? <a class="more" href={href(['runs'], { workflow, key: lane.key, status: 'Queued' })}>and {more.toLocaleString('en-GB')} more</a> : null}
  </div>;
}

function ticksOf({ from, to, width }: Scale): number[] {
  const most = Math.max(2, Math.floor(width / tickRoom));
  const step = (steps.find(seconds => (to - from) / 1000 / seconds <= most) ?? 86400) * 1000;
  const ticks = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}

function Axis({ scale, ticks, left, isNow }: { scale: Scale; ticks: number[]; left: number; isNow: boolean }) {
  void zone.value;
  return <div class="axis" aria-hidden="true">
    <span class="axis-day">{day(scale.to)}</span>
    {ticks.map(tick => {
      const at = (tick - scale.from) / (scale.to - scale.from) * scale.width;
      return at < scale.width - 66 ? <span key={tick} class="axis-tick" style={{ left: `${left + at}px` }}>{timeOfDay(tick)}</span> : null;
    })}
    <span class="axis-now" style={{ left: `${left + scale.width}px` }}>{isNow ? 'now' : timeOfDay(scale.to)}</span>
  </div>;
}

/** What the bar under the pointer, or with the focus, is. */
function Hint({ lanes, to }: { lanes: Lanes; to: number }) {
  const run = hovered.value ? lanes.runs.find(found => found.id === hovered.value) : undefined;
  return <div class={`hint ${run ? 'shown' : ''}`} aria-hidden="true">{run ? <><b class="break">{run.key ?? ''}</b> {describe(run, to)} <span class="mute">accepted {exactTime(millis(run.queuedAt))}</span></> : null}</div>;
}

function Arrow() {
  return <svg width="0" height="0" class="defs" aria-hidden="true"><defs>
    <marker id="arrow" viewBox="0 0 8 8" refX="6.5" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse" markerUnits="userSpaceOnUse"><path d="M0,0.5L7,4L0,7.500Z" class="arrow" /></marker>
    <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="2.500" height="6" class="hatch" /></pattern>
  </defs></svg>;
}
