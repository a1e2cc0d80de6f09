import { count } from '../core/format';
import type { LaneGate, Rate, Rule } from '../core/types';

/** What a rule does, in a sentence. */
export function ruleInWords(rule: Rule): string {
  // A key that is the same for all runs is one key.
  const each = rule.key === '(code)' ? ' for each key' : rule.key.includes('{') ? ` for each ${rule.key}` : '';
  const many = `${rule.isMaxRunsComputed ? 'as many runs as its code computes' : count(rule.maxRuns, 'run')}${each}`;
  if (rule.rate) {
    const others = rule.strategy === 'CancelNewest' ? 'more are rejected' : 'more wait for their time, by priority and then first in, first out';
    return `A throttle: ${rateInWords(rule.rate)}${each}, ${rule.maxRuns} of them at the same moment; ${others}.`;
  }
  if (rule.debounce) return `A debounce: the newest run${each} starts when none has come for ${rule.debounce.quiet}, ${rule.debounce.atMost} after the first at the latest; those before it never start.`;
  switch (rule.strategy) {
    case 'CancelInProgress': return `The newest wins: ${many} at a time; a newer run stops the oldest${rule.handover === 'Immediate' ? ' and starts at once' : ' and starts when that has ended'}.`;
    case 'CancelNewest': return `The first wins: ${many} at a time; a new run is cancelled at once.`;
    case 'Queue': return `A queue: ${many} at a time; the others wait, by priority and then first in, first out.`;
    case 'RoundRobin': return `In turn: ${many} and ${rule.maxTotal} over all keys; the keys take turns${rule.isWeightComputed ? ", each as many as its weight" : ""}, so that none delays another.`;
    default: return `${rule.strategy}: ${many} at a time.`;
  }
}

/** How often runs may start. */
export const rateInWords = (rate: Rate): string => `${count(rate.starts, 'start')} per ${rate.per}`;

/** Why a run waits, in a few words. */
export function waitInWords(rule: Rule | undefined, gate: LaneGate, place: number): string {
  if (rule?.debounce) return 'until no newer run comes';
  if (rule?.rate) return place === 0 ? 'until its time to start' : `behind ${place}`;
  switch (rule?.strategy) {
    case 'CancelInProgress': return 'until the older run has ended';
    case 'RoundRobin': return place > 0 ? `behind ${place} of its key` : gate.place === 1 ? 'its turn is next' : `${gate.place - 1} go first`;
    default: return place === 0 ? 'until a slot is free' : `behind ${place}`;
  }
}

/** How many slots each key has by a rule; 0 where the rule does not say, or has none. */
export const slotsOf = (rule: Rule | undefined): number => !rule || rule.isMaxRunsComputed || rule.rate || rule.debounce ? 0 : rule.maxRuns;

/** How many runs of a key run, and of how many that may. */
export function runningInWords(rule: Rule | undefined, lane: { running: number; gate?: LaneGate }): string {
  const most = lane.gate?.maxRuns || slotsOf(rule);
  return most ? `${lane.running} of ${most} running` : `${lane.running} running`;
}
