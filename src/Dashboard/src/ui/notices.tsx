import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

export interface Notice { text: ComponentChildren; isError: boolean }

export const notice = signal<Notice | null>(null);

export function tell(text: ComponentChildren): void { notice.value = { text, isError: false }; }
export function fail(error: unknown): void { notice.value = { text: error instanceof Error ? error.message : String(error), isError: true }; }

/** What was done, or could not be; it stays until it is closed, so that it can be read. */
export function Notices() {
  const shown = notice.value;
  return <div id="notice" role={shown?.isError ? 'alert' : 'status'} class={shown ? `notice ${shown.isError ? 'problem' : ''}` : ''}>
    {shown ? <><span>{shown.text}</span><button type="button" class="icon" aria-label="Close this message" onClick={() => { notice.value = null; }}>✕</button></> : null}
  </div>;
}
