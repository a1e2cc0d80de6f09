import type { Signal } from '@preact/signals';
import { duration, millis, outcomeOf, shortId } from '../core/format';
import { runHref } from '../core/router';
import type { LaneRun } from '../core/types';
import { thin, type Lane } from './layout';

export const slotHeight = 24;
const slotGap = 5;
const waitHeight = 11;
const waitGap = 3;
const depthHeight = 22;
/** Room for the arcs from superseded runs to the newer ones. */
const headroom = 14;

/** The time that is shown, and the room there is for it. */
export interface Scale { from: number; to: number; width: number }

const slotTop = (slot: number): number => headroom + slot * (slotHeight + slotGap);
const waitsTop = (lane: Lane): number => slotTop(lane.slots) + 2;
const waitTop = (lane: Lane, row: number): number => waitsTop(lane) + row * (waitHeight + waitGap);

export function chartHeight(lane: Lane): number {
  return waitTop(lane, lane.waitRows) + (lane.depth.length > 0 ? depthHeight : 0) + 8;
}

/** What a run says when it is pointed at, and to a screen reader. */
export function describe(run: LaneRun, now: number): string {
  const queued = millis(run.queuedAt);
  const started = run.startedAt ? millis(run.startedAt) : null;
  const ended = run.endedAt ? millis(run.endedAt) : null;
  return [
    `Run ${shortId(run.id)}`,
    outcomeOf(run),
    `waited ${duration((started ?? ended ?? now) - queued)}`,
    started === null ? '' : `${ended === null ? 'runs for' : 'ran'} ${duration((ended ?? now) - started)}`,
    run.stopRequestedAt && started !== null ? `took ${duration((ended ?? now) - millis(run.stopRequestedAt))} to stop` : '',
    run.supersededBy ? `superseded by ${shortId(run.supersededBy)}` : '',
  ].filter(Boolean).join(', ');
}

interface Drawn { x: number; width: number; row: number; outcome: string; run: LaneRun; stopX: number | null; isOpen: boolean }

/** A lane: its slots, and below them those that wait. Only what can be seen is drawn. */
export function LaneChart({ lane, scale, ticks, hovered }: { lane: Lane; scale: Scale; ticks: number[]; hovered: Signal<string | null> }) {
  const { from, to, width } = scale;
  const x = (time: number): number => (Math.min(time, to) - from) / (to - from) * width;
  const isSeen = (start: number, end: number): boolean => end >= from && start <= to;
  const height = chartHeight(lane);
  const bars: Drawn[] = lane.bars.filter(bar => isSeen(bar.from, bar.to)).map(bar => ({
    x: Math.max(-4, x(bar.from)),
    width: Math.max(1.5, x(bar.to) - Math.max(-4, x(bar.from))),
    row: bar.slot,
    outcome: outcomeOf(bar.run),
    run: bar.run,
    stopX: bar.stopFrom === null ? null : Math.max(x(Math.max(bar.stopFrom, bar.from)), -4),
    isOpen: bar.to === Infinity,
  }));
  const waits = lane.waits.filter(wait => isSeen(wait.from, wait.to)).map(wait => ({
    x: Math.max(-4, x(wait.from)),
    width: Math.max(1.5, x(wait.to) - Math.max(-4, x(wait.from))),
    row: wait.row,
    outcome: outcomeOf(wait.run),
    run: wait.run,
    neverStarted: wait.neverStarted,
  }));
  const thinBars = thin(bars);
  const thinWaits = thin(waits);
  const barOf = new Map(thinBars.single.map(bar => [bar.run.id, bar]));
  const waitOf = new Map(thinWaits.single.map(wait => [wait.run.id, wait]));
  return <svg class="chart" width={width} height={height} role="group" aria-label={`Runs of ${lane.key || 'no key'}`}>
    {ticks.map(tick => <line key={tick} class="tick" x1={x(tick)} x2={x(tick)} y1={0} y2={height} />)}
    {Array.from({ length: lane.slots }, (_, slot) => <rect key={`slot${slot}`} class="slot" data-slot={slot} x={0} y={slotTop(slot)} width={width} height={slotHeight} rx={4} />)}
    {lane.depth.length > 0 ? <Depth lane={lane} x={x} width={width} /> : null}
    {thinWaits.blocks.map(block => <BlockShape key={`w${block.row}:${Math.round(block.x)}`} block={block} y={waitTop(lane, block.row)} height={waitHeight} isWait />)}
    {thinWaits.single.map(wait => <a key={`w${wait.run.id}`} href={runHref(wait.run.id)} class={`wait s-${wait.outcome}`} data-run={wait.run.id} data-part="wait" aria-label={describe(wait.run, to)}
      data-hover={hovered.value === wait.run.id || undefined}>
      <rect x={wait.x} y={waitTop(lane, wait.row)} width={wait.width} height={waitHeight} rx={3} />
      {wait.neverStarted ? <path class="vain" d={cross(wait.x + wait.width, waitTop(lane, wait.row) + waitHeight / 2)} /> : null}
    </a>)}
    {thinWaits.single.map(wait => {
      const bar = barOf.get(wait.run.id);
      return bar ? <path key={`up${wait.run.id}`} class={`rise s-${wait.outcome}`} d={`M${bar.x + 1},${waitTop(lane, wait.row) + 1}V${slotTop(bar.row) + slotHeight}`} /> : null;
    })}
    {thinBars.blocks.map(block => <BlockShape key={`b${block.row}:${Math.round(block.x)}`} block={block} y={slotTop(block.row)} height={slotHeight} />)}
    {thinBars.single.map(bar => <BarShape key={bar.run.id} bar={bar} to={to} isHovered={hovered.value === bar.run.id} />)}
    {bars.length + waits.length > 0 ? [...thinBars.single, ...thinWaits.single].map(older => {
      const newerId = older.run.supersededBy;
      const newerBar = newerId ? barOf.get(newerId) : undefined;
      const newerWait = newerId ? waitOf.get(newerId) : undefined;
      if (!newerId || !(newerBar ?? newerWait)) return null;
      const olderBar = barOf.get(older.run.id);
      if (olderBar !== older && olderBar) return null;
      return <path key={`s${older.run.id}`} class="supersede" data-link={`${older.run.id}→${newerId}`} marker-end="url(#arrow)" d={linkBetween(lane, olderBar, waitOf.get(older.run.id), newerBar, newerWait)} />;
    }) : null}
  </svg>;
}

function BarShape({ bar, to, isHovered }: { bar: Drawn; to: number; isHovered: boolean }) {
  const y = slotTop(bar.row);
  const end = bar.x + bar.width;
  const stopX = bar.stopX === null ? end : Math.min(Math.max(bar.stopX, bar.x), end);
  const label = bar.width > 74 ? shortId(bar.run.id).slice(-6) : '';
  const percent = bar.run.progress !== undefined && bar.isOpen ? ` ${Math.floor(bar.run.progress * 100)} %` : '';
  return <a href={runHref(bar.run.id)} class={`bar s-${bar.outcome} ${bar.isOpen ? 'open' : ''}`} data-run={bar.run.id} data-part="run" data-slot={bar.row} aria-label={`${label}${label && percent} ${describe(bar.run, to)}`.trim()} data-hover={isHovered || undefined}>
    <rect class="solid" x={bar.x} y={y} width={Math.max(1.5, stopX - bar.x)} height={slotHeight} rx={Math.min(4, bar.width / 2)} />
    {end - stopX > 0.5 ? <><rect class="grace-back" x={stopX} y={y} width={end - stopX} height={slotHeight} rx={Math.min(4, (end - stopX) / 2)} /><rect class="grace" data-part="grace" x={stopX} y={y} width={end - stopX} height={slotHeight} rx={Math.min(4, (end - stopX) / 2)} /></> : null}
    {label && stopX - bar.x > 74 ? <text x={bar.x + 8} y={y + slotHeight / 2 + 4}>{label}{percent}</text> : null}
  </a>;
}

function BlockShape({ block, y, height, isWait = false }: { block: ReturnType<typeof thin>['blocks'][number]; y: number; height: number; isWait?: boolean }) {
  const most = [...block.outcomes].sort((one, other) => other[1] - one[1])[0]?.[0] ?? '';
  const title = `${block.runs} runs: ${[...block.outcomes].map(([outcome, runs]) => `${runs} ${outcome}`).join(', ')}`;
  return <g class={`block ${isWait ? 'wait' : 'bar'} s-${most}`} role="img" aria-label={title} data-block={block.runs}><title>{title}</title><rect class="solid" x={block.x} y={y} width={Math.max(2, block.width)} height={height} /></g>;
}

/** How many more wait than have rows, as an area over time. */
function Depth({ lane, x, width }: { lane: Lane; x: (time: number) => number; width: number }) {
  const bottom = waitTop(lane, lane.waitRows) + depthHeight - 2;
  const most = Math.max(1, ...lane.depth.map(step => step.waiting));
  let path = `M${x(lane.depth[0]!.at)},${bottom}`;
  let last = '';
  for (const { at, waiting } of lane.depth) {
    if (at === Infinity) break;
    const step = `H${Math.round(x(at) * 2) / 2}V${Math.round((bottom - waiting / most * (depthHeight - 6)) * 2) / 2}`;
    // Of several changes within a pixel the last is enough.
    if (step.split('V')[0] === last.split('V')[0]) path = path.slice(0, path.length - last.length);
    path += step;
    last = step;
  }
  const now = lane.depth.filter(step => step.at !== Infinity).at(-1)?.waiting ?? 0;
  return <g class="depth"><path d={`${path}H${width}V${bottom}Z`} /><text x={width - 6} y={bottom - 5} text-anchor="end">{now > 0 ? `${now.toLocaleString('en-GB')} more wait` : ''}</text></g>;
}

const cross = (cx: number, cy: number): string => `M${cx - 3},${cy - 3}l6,6M${cx + 3},${cy - 3}l-6,6`;

/** From where the older run was told to stop to where the newer one begins. */
function linkBetween(lane: Lane, olderBar: Drawn | undefined, olderWait: { x: number; width: number; row: number } | undefined, newerBar: Drawn | undefined, newerWait: { x: number; width: number; row: number } | undefined): string {
  if (olderBar && newerBar) {
    const startX = Math.min(olderBar.stopX ?? olderBar.x + olderBar.width, olderBar.x + olderBar.width);
    const endX = newerBar.x + 1;
    const top = slotTop(olderBar.row);
    if (olderBar.row === newerBar.row) {
      const left = endX - startX < 8 ? endX - 8 : startX;
      return `M${left},${top}C${left},${top - 13} ${endX},${top - 13} ${endX},${top - 2}`;
    }
    const fromX = olderBar.x + olderBar.width;
    const fromY = top + slotHeight / 2;
    const toY = slotTop(newerBar.row) + slotHeight / 2;
    return `M${fromX},${fromY}C${fromX + 14},${fromY} ${endX - 14},${toY} ${endX - 1},${toY}`;
  }
  if (olderBar && newerWait) {
    const at = Math.max(newerWait.x + 1, olderBar.x);
    return `M${at},${waitTop(lane, newerWait.row)}V${slotTop(olderBar.row) + slotHeight + 2}`;
  }
  const fromX = (olderWait?.x ?? 0) + (olderWait?.width ?? 0);
  const fromY = waitTop(lane, olderWait?.row ?? 0) + waitHeight / 2;
  if (newerBar) return `M${fromX},${fromY}C${fromX + 8},${fromY} ${newerBar.x - 8},${slotTop(newerBar.row) + slotHeight / 2} ${newerBar.x - 1},${slotTop(newerBar.row) + slotHeight / 2}`;
  return `M${fromX},${fromY}L${Math.max(fromX, newerWait!.x)},${waitTop(lane, newerWait!.row) + waitHeight / 2}`;
}
