import type { ComponentChildren } from 'preact';
import { now } from '../core/clock';
import { duration, millis, timeOfDay, zone } from '../core/format';
import type { Attempt, Run, Step } from '../core/types';
import { Status } from '../ui/basics';

const clamp = (value: number): number => Math.min(100, Math.max(0, value));

/** A run's life over time: its wait, its steps, and when it was told to stop. */
export function RunTimeline({ run }: { run: Run }) {
  void zone.value;
  const from = millis(run.queuedAt);
  const to = Math.max(from + 1, run.endedAt ? millis(run.endedAt) : now.value);
  const at = (time: string | number): number => clamp(((typeof time === 'number' ? time : millis(time)) - from) / (to - from) * 100);
  const started = run.startedAt ? millis(run.startedAt) : null;
  const stop = run.stop ? at(run.stop.requestedAt) : null;
  const stopLine = stop === null ? null : <span class="tl-stop" style={{ left: `${stop}%` }} />;
  const line = (key: string, name: ComponentChildren, parts: { kind: string; from: number; to: number }[], took: ComponentChildren, heard?: string | null) => <li key={key} class="tl-row">
    <span class="tl-name">{name}</span>
    <span class="tl-track" aria-hidden="true">
      {parts.map(part => <span key={part.kind} class={`tl-part ${part.kind}`} style={{ left: `${at(part.from)}%`, width: `${Math.max(0.4, at(part.to) - at(part.from))}%` }} />)}
      {stopLine}
      {heard ? <span class="tl-heard" style={{ left: `${at(heard)}%` }} /> : null}
    </span>
    <span class="tl-took">{took}</span>
  </li>;
  const took = (length: number) => <span class="number mute">{duration(length)}</span>;
  return <div class="tl" id="timeline">
    <div class="tl-ends mute number"><span>{timeOfDay(from, true)}</span><span>{run.endedAt ? timeOfDay(to, true) : 'now'}</span></div>
    <ol class="plain">
      {line('waits', 'waits', [{ kind: 'tl-wait', from, to: started ?? to }], took((started ?? to) - from))}
      {started === null ? null : line('runs', 'runs', [
        { kind: `tl-run s-${run.status}`, from: started, to: run.stop ? Math.max(started, millis(run.stop.requestedAt)) : to },
        ...(run.stop ? [{ kind: `tl-grace s-${run.status}`, from: Math.max(started, millis(run.stop.requestedAt)), to }] : []),
      ], took(to - started))}
      {run.steps.flatMap(step => attemptsOf(step).map(attempt => {
        const begin = millis(attempt.startedAt);
        const end = attempt.endedAt ? millis(attempt.endedAt) : to;
        const name = <>{step.name}{attempt.attempt > 1 || step.attempt > 1 ? <span class="mute"> attempt {attempt.attempt}</span> : null}</>;
        return line(`step${step.number}.${attempt.attempt}`, name, [{ kind: `tl-step s-${attempt.status}`, from: begin, to: end }], <><Status run={attempt} /> {took(end - begin)}</>, attempt.stopHeardAt);
      }))}
    </ol>
    {run.stop ? <p class="mute" id="stop-in-words">{stopInWords(run)}</p> : null}
    {run.steps.length >= 20 ? <p class="mute">These are the latest 20 steps.</p> : null}
  </div>;
}

/** Every attempt of a step, the first one in front. */
const attemptsOf = (step: Step): Attempt[] => [...(step.earlierAttempts ?? []), step];

/** How long a stop took to reach each step, and how long the step then took to end. */
function stopInWords(run: Run): string {
  const asked = millis(run.stop!.requestedAt);
  const steps = run.steps.filter(step => step.stopReason === run.stop!.reason && step.stopHeardAt).map(step => {
    const heard = millis(step.stopHeardAt!);
    return `${step.name} was told ${duration(Math.max(0, heard - asked))} later${step.endedAt ? ` and ended ${duration(millis(step.endedAt) - heard)} after that` : ''}`;
  });
  return `The line is the stop, requested at ${timeOfDay(asked, true)}.${steps.length > 0 ? ` Step ${steps.join('; step ')}.` : ''}`;
}

/** The life of a run as a list of what happened, in order. */
export function lifecycle(run: Run): { at: string; what: string }[] {
  const events: { at: string; what: string }[] = [{ at: run.queuedAt, what: 'It was accepted.' }];
  if (run.startedAt) events.push({ at: run.startedAt, what: run.fencingTokens.length > 0 ? `Its gates admitted it with the fencing ${run.fencingTokens.length > 1 ? 'tokens' : 'token'} ${run.fencingTokens.join(', ')}, and its code began.` : 'Its code began.' });
  for (const step of run.steps) {
    if (step.stopHeardAt) events.push({ at: step.stopHeardAt, what: `Step ${step.name} was told to stop (${step.stopReason})${run.stop && step.stopReason === run.stop.reason ? `, ${duration(Math.max(0, millis(step.stopHeardAt) - millis(run.stop.requestedAt)))} after the stop was requested` : ''}.` });
    for (const attempt of attemptsOf(step)) {
      events.push({ at: attempt.startedAt, what: `Step ${step.name} began${attempt.attempt > 1 ? ` attempt ${attempt.attempt}` : ''}.` });
      if (attempt.endedAt) events.push({ at: attempt.endedAt, what: `Step ${step.name} ended${step.attempt > 1 ? ` attempt ${attempt.attempt}` : ''}: ${attempt.status}.` });
    }
  }
  if (run.stop) events.push({ at: run.stop.requestedAt, what: `It was asked to stop: ${run.stop.reason}${run.stop.by ? `, by ${run.stop.by}` : ''}${run.stop.grace ? `, with a grace of ${run.stop.grace}` : ''}.` });
  if (run.endedAt) events.push({ at: run.endedAt, what: `It ended: ${run.status}${run.stop?.forced ? ', by force' : ''}.` });
  return events.sort((one, other) => millis(one.at) - millis(other.at));
}
