import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { now } from '../core/clock';
import { duration, exactTime, millis, outcomeOf, reasonInWords, shortId, shortTime, zone } from '../core/format';
import { runHref } from '../core/router';
import { isEnded, type Run } from '../core/types';

/** A shape for each status beside its colour and its word. */
const marks: Record<string, string> = {
  Queued: '○', Running: '▶', Stopping: '◐', Succeeded: '✓', Failed: '✕', TimedOut: '◷', Cancelled: '■', Superseded: '↷', Rejected: '⊘', Abandoned: '■',
};

export function Status({ run }: { run: { status: string; stop?: { reason: string; forced?: boolean } | null } }) {
  const outcome = outcomeOf(run);
  return <span class={`status s-${outcome}`}><span class="mark" aria-hidden="true">{marks[outcome] ?? '•'}</span>{outcome === 'TimedOut' ? 'Timed out' : outcome}</span>;
}

/** A time, with the whole of it to be seen when pointed at. */
export function Time({ at, exact = false }: { at: string | null | undefined; exact?: boolean }) {
  void zone.value;
  if (!at) return <span class="mute">–</span>;
  const time = millis(at);
  return <time dateTime={at} title={`${exactTime(time)} ${zone.value}`}>{exact ? exactTime(time) : shortTime(time, now.value)}</time>;
}

/** How long something took, or takes so far. */
export function Took({ from, to, isOver = false }: { from: string | null | undefined; to: string | null | undefined; isOver?: boolean }) {
  if (!from || (!to && isOver)) return <span class="mute">–</span>;
  return <span class="number">{duration((to ? millis(to) : now.value) - millis(from))}</span>;
}

/** How long ago something was. */
export function Age({ at }: { at: string }) {
  return <time dateTime={at} title={`${exactTime(millis(at))} ${zone.value}`} class="number">{duration(now.value - millis(at))}</time>;
}

/** A run's short id, which leads to the run, and copies whole. */
export function RunLink({ id, focusName }: { id: string; focusName?: string }) {
  return <span class="id"><a href={runHref(id)} title={id} data-focus={focusName} aria-label={`${shortId(id)}, run ${id}`}>{shortId(id)}</a><Copy text={id} what={`the id ${id}`} /></span>;
}

export function Copy({ text, what }: { text: string; what: string }) {
  const [done, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // A page that is not served over TLS has no clipboard; a selection can be copied everywhere.
      const area = Object.assign(document.createElement('textarea'), { value: text });
      document.body.append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    }
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return <button type="button" class="icon copy" aria-label={done ? 'Copied' : `Copy ${what}`} title={done ? 'Copied' : `Copy ${what}`} onClick={() => void copy()}>{done ? '✓' : <CopyIcon />}</button>;
}

const CopyIcon = () => <svg viewBox="0 0 16 16" width="13" height="13" aria-hidden="true"><path d="M5.5 5.5V3.2c0-.7.5-1.2 1.2-1.2h6.1c.7 0 1.2.5 1.2 1.2v6.1c0 .7-.5 1.2-1.2 1.2h-2.3M3.2 5.5h6.1c.7 0 1.2.5 1.2 1.2v6.1c0 .7-.5 1.2-1.2 1.2H3.2c-.7 0-1.2-.5-1.2-1.2V6.700c0-.7.5-1.200 1.200-1.200Z" fill="none" stroke="currentColor" stroke-width="1.300" /></svg>;

export function Progress({ run }: { run: Pick<Run, 'status' | 'progress'> }) {
  if (!run.progress || isEnded(run.status)) return null;
  const percent = Math.floor(run.progress.fraction * 100);
  return <span class="progress"><progress max={100} value={percent} aria-label={`${percent} %`} /><span class="number">{percent} %</span>{run.progress.message ? <span class="mute">{run.progress.message}</span> : null}</span>;
}

/** Why a run is as it is, in a few words. */
export function reasonOf(run: Pick<Run, 'stop' | 'error'>): string {
  if (run.error) return run.error.message;
  if (!run.stop) return '';
  const { reason, message, by, forced } = run.stop;
  return [reasonInWords(reason) + (by ? ` by ${by.startsWith('_operation:') ? 'a bulk operation' : by}` : ''), message, forced ? 'ended by force' : ''].filter(Boolean).join(' · ');
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

export function Card({ title, actions, children, id, class: className = '' }: { title: ComponentChildren; actions?: ComponentChildren; children: ComponentChildren; id: string; class?: string }) {
  return <section class={`card ${className}`} aria-labelledby={`${id}-title`} id={id}>
    <div class="card-head"><h2 id={`${id}-title`}>{title}</h2>{actions}</div>
    {children}
  </section>;
}

/** A field that applies what was typed when it is done: with Enter, or when it is left. */
export function TypedField({ label, value, apply, id, size, placeholder }: { label: string; value: string; apply: (value: string) => void; id?: string; size?: number; placeholder?: string }) {
  return <label class="field"><span>{label}</span><input id={id} size={size} placeholder={placeholder} value={value} autocomplete="off" spellcheck={false} onChange={event => apply(event.currentTarget.value.trim())} /></label>;
}

export function Json({ value, label }: { value: unknown; label: string }) {
  const text = JSON.stringify(value, null, 2);
  return <div class="json"><pre tabIndex={0} aria-label={label}>{text}</pre><Copy text={text} what={label} /></div>;
}
