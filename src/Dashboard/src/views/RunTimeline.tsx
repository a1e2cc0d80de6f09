import { now } from '../core/clock';
import { duration, millis, timeOfDay, zone } from '../core/format';
import type { Run, Step } from '../core/types';
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
  const line = (name: string, parts: { kind: string; from: number; to: number }[], took: string, step?: Step) => <li key={step ? `step${step.number}` : name} class="tl-row">
    <span class="tl-name">{name}{step && step.attempt > 1 ? <span class="mute"> attempt {step.attempt}</span> : null}</span>
    <span class="tl-track" aria-hidden="true">
      {parts.map(part => <span key={part.kind} class={`tl-part ${part.kind}`} style={{ left: `${at(part.from)}%`, width: `${Math.max(0.4, at(part.to) - at(part.from))}%` }} />)}
      {stop === null ? null : <span class="tl-stop" style={{ left: `${stop}%` }} />}
    </span>
    <span class="tl-took">{step ? <Status run={step} /> : null} <span class="number mute">{took}</span></span>
  </li>;
  return <div class="tl" id="timeline">
    <div class="tl-ends mute number"><span>{timeOfDay(from, true)}</span><span>{run.endedAt ? timeOfDay(to, true) : 'now'}</span></div>
    <ol class="plain">
      {line('waits', [{ kind: 'tl-wait', from, to: started ?? to }], duration((started ?? to) - from))}
      {started === null ? null : line('runs', [
        { kind: `tl-run s-${run.status}`, from: started, to: run.stop ? Math.max(started, millis(run.stop.requestedAt)) : to },
        ...(run.stop ? [{ kind: `tl-grace s-${run.status}`, from: Math.max(started, millis(run.stop.requestedAt)), to }] : []),
      ], duration(to - started))}
      {run.steps.map(step => line(step.name, [{ kind: `tl-step s-${step.status}`, from: millis(step.startedAt), to: step.endedAt ? millis(step.endedAt) : to }], duration((step.endedAt ? millis(step.endedAt) : to) - millis(step.startedAt)), step))}
    </ol>
    {run.steps.length >= 20 ? <p class="mute">These are the latest 20 steps.</p> : null}
  </div>;
}

/** The life of a run as a list of what happened, in order. */
export function lifecycle(run: Run): { at: string; what: string }[] {
  const heard = run.steps.find(step => step.stopReason && step.endedAt && run.stop && millis(step.endedAt) >= millis(run.stop.requestedAt));
  const events: { at: string; what: string }[] = [{ at: run.queuedAt, what: 'It was accepted.' }];
  if (run.startedAt) events.push({ at: run.startedAt, what: run.fencingTokens.length > 0 ? `Its gates admitted it, with the fencing ${run.fencingTokens.length > 1 ? 'tokens' : 'token'} ${run.fencingTokens.join(', ')}, and its code began.` : 'Its code began.' });
  for (const step of run.steps) {
    events.push({ at: step.startedAt, what: `Step ${step.name} began${step.attempt > 1 ? ` attempt ${step.attempt}` : ''}.` });
    if (step.endedAt) events.push({ at: step.endedAt, what: `Step ${step.name} ended: ${step.status}${step.stopReason ? `, told to stop (${step.stopReason})` : ''}${step === heard ? `, ${duration(millis(step.endedAt) - millis(run.stop!.requestedAt))} after the stop was asked for` : ''}.` });
  }
  if (run.stop) events.push({ at: run.stop.requestedAt, what: `It was asked to stop: ${run.stop.reason}${run.stop.by ? `, by ${run.stop.by}` : ''}${run.stop.grace ? `, with a grace of ${run.stop.grace}` : ''}.` });
  if (run.endedAt) events.push({ at: run.endedAt, what: `It ended: ${run.status}${run.stop?.forced ? ', by force' : ''}.` });
  return events.sort((one, other) => millis(one.at) - millis(other.at));
}
