import { millis } from '../core/format';
import type { LaneGate, LaneRun } from '../core/types';

/** The working part of a run: from when it started until it ended, or goes on. */
export interface Bar {
  run: LaneRun;
  slot: number;
  from: number;
  /** Infinity while it runs. */
  to: number;
  /** When it was asked to stop; from then on it has its grace. */
  stopFrom: number | null;
}

/** The waiting part of a run that waited for long enough to be seen. */
export interface Wait {
  run: LaneRun;
  row: number;
  from: number;
  to: number;
  /** Whether it ended without having started. */
  neverStarted: boolean;
}

export interface Lane {
  key: string;
  slots: number;
  bars: Bar[];
  waits: Wait[];
  waitRows: number;
  /** How many more wait than have a row of their own, as steps over time. */
  depth: { at: number; waiting: number }[];
  gate: LaneGate | undefined;
  running: number;
}

/** Waiting runs with rows of their own; of more only the number is drawn. */
const maxWaitRows = 5;
const maxExtraSlots = 12;
/** Two runs of one slot can overlap by so much, in milliseconds: their times come from different processes. */
const slack = 250;

/** Where runs were drawn, so that they stay there while time goes on. */
export class Places {
  private readonly slots = new Map<string, number>();

  slotOf(id: string): number | undefined { return this.slots.get(id); }
  keep(id: string, slot: number): void { this.slots.set(id, slot); }

  /** Forgets the runs that are no longer shown. */
  prune(runs: LaneRun[]): void {
    if (this.slots.size < 2 * runs.length + 1000) return;
    const shown = new Set(runs.map(run => run.id));
    for (const id of this.slots.keys()) if (!shown.has(id)) this.slots.delete(id);
  }
}

/**
 * A lane for each key.
 * @param runs the runs, in any order
 * @param gates who waits, by key
 * @param maxRuns the slots of each key; 0 where runs have no key
 * @param leastWait a shorter wait is not drawn, in milliseconds
 */
export function layOut(runs: LaneRun[], gates: LaneGate[], maxRuns: number, leastWait: number, places: Places): Lane[] {
  const byKey = new Map<string, LaneRun[]>();
  for (const run of runs) {
    const key = run.key ?? '';
    const found = byKey.get(key);
    if (found) found.push(run); else byKey.set(key, [run]);
  }
  places.prune(runs);
  return [...byKey.keys()].sort((one, other) => one.localeCompare(other)).map(key => layOutLane(key, byKey.get(key)!, gates.find(gate => gate.key === key), maxRuns, leastWait, places));
}

function layOutLane(key: string, runs: LaneRun[], gate: LaneGate | undefined, ofRule: number, leastWait: number, places: Places): Lane {
  const maxRuns = gate?.maxRuns || ofRule;
  const bars = layOutBars(runs, Math.max(1, maxRuns), places);
  const { waits, rows, depth } = layOutWaits(runs, leastWait);
  const slots = Math.min(Math.max(1, Math.min(maxRuns, 6), ...bars.map(bar => bar.slot + 1)), maxRuns + maxExtraSlots);
  return { key, slots, bars, waits, waitRows: rows, depth, gate, running: bars.filter(bar => bar.to === Infinity).length };
}

function layOutBars(runs: LaneRun[], maxRuns: number, places: Places): Bar[] {
  const started = runs.filter(run => run.startedAt).map(run => ({
    run,
    from: millis(run.startedAt!),
    to: run.endedAt ? millis(run.endedAt) : Infinity,
    stopFrom: run.stopRequestedAt ? millis(run.stopRequestedAt) : null,
  })).sort((one, other) => one.from - other.from || millis(one.run.queuedAt) - millis(other.run.queuedAt));
  const olderOf = new Map(runs.filter(run => run.supersededBy).map(run => [run.supersededBy!, run.id]));
  const busyUntil: number[] = [];
  const isFree = (slot: number, from: number): boolean => (busyUntil[slot] ?? -Infinity) <= from + slack;
  return started.map(bar => {
    const wanted = [places.slotOf(bar.run.id), places.slotOf(olderOf.get(bar.run.id) ?? '')].find(slot => slot !== undefined && isFree(slot, bar.from));
    let slot = wanted ?? 0;
    if (wanted === undefined) while (!isFree(slot, bar.from) && slot < maxRuns + maxExtraSlots - 1) slot++;
    busyUntil[slot] = Math.max(busyUntil[slot] ?? 0, bar.to);
    places.keep(bar.run.id, slot);
    return { ...bar, slot };
  });
}

function layOutWaits(runs: LaneRun[], leastWait: number): { waits: Wait[]; rows: number; depth: Lane['depth'] } {
  const waiting = runs.map(run => {
    const from = millis(run.queuedAt);
    const end = run.startedAt ?? run.endedAt;
    return { run, from, to: end ? millis(end) : Infinity, neverStarted: !run.startedAt && run.endedAt !== undefined };
  }).filter(wait => wait.neverStarted || wait.to - wait.from >= leastWait).sort((one, other) => one.from - other.from);
  const busyUntil: number[] = [];
  const waits: Wait[] = [];
  const changes: { at: number; by: number }[] = [];
  for (const wait of waiting) {
    let row = 0;
    while (row < maxWaitRows && (busyUntil[row] ?? -Infinity) > wait.from) row++;
    if (row === maxWaitRows) {
      changes.push({ at: wait.from, by: 1 }, { at: wait.to, by: -1 });
      continue;
    }
    busyUntil[row] = Math.max(wait.to, wait.from + leastWait);
    waits.push({ ...wait, row });
  }
  let depth = 0;
  const steps = changes.sort((one, other) => one.at - other.at).map(({ at, by }) => ({ at, waiting: depth += by }));
  return { waits, rows: busyUntil.length, depth: steps };
}

/** Bars that are too small to be told apart are one block. */
export interface Block { x: number; width: number; runs: number; row: number; outcomes: Map<string, number> }

/** What of a row is drawn: no more than there are pixels. */
export function thin<T extends { x: number; width: number; row: number; outcome: string }>(items: T[]): { single: T[]; blocks: Block[] } {
  const single: T[] = [];
  const blocks: Block[] = [];
  const open = new Map<number, { block: Block; first: T }>();
  const close = (row: number): void => {
    const last = open.get(row);
    if (!last) return;
    if (last.block.runs === 1) single.push(last.first); else blocks.push(last.block);
    open.delete(row);
  };
  for (const item of items) {
    if (item.width >= 2.5) {
      close(item.row);
      single.push(item);
      continue;
    }
    const last = open.get(item.row);
    if (last && item.x <= last.block.x + last.block.width + 1.5) {
      last.block.width = Math.max(last.block.width, item.x + item.width - last.block.x);
      last.block.runs++;
      last.block.outcomes.set(item.outcome, (last.block.outcomes.get(item.outcome) ?? 0) + 1);
    } else {
      close(item.row);
      open.set(item.row, { first: item, block: { x: item.x, width: item.width, runs: 1, row: item.row, outcomes: new Map([[item.outcome, 1]]) } });
    }
  }
  for (const row of [...open.keys()]) close(row);
  return { single, blocks };
}
