import { signal } from '@preact/signals';

/** A clock of the browser that is off by less is believed: the header has whole seconds. */
const tolerance = 2000;
let offset = 0;

/** The app's clock, as far as its answers tell. */
export const clock = {
  now: (): number => Date.now() + offset,
  learn(header: string | null): void {
    const there = header ? Date.parse(header) : NaN;
    if (Number.isNaN(there)) return;
    const difference = there + 500 - Date.now();
    if (Math.abs(difference - offset) > tolerance) offset = Math.abs(difference) > tolerance ? difference : 0;
  },
};

/** Now, once a second: for what is said of time in words. */
export const now = signal(clock.now());
setInterval(() => { if (!document.hidden) now.value = clock.now(); }, 1000);
