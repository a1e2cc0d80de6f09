import { signal } from '@preact/signals';

const zoneName = 'preempt-zone';
const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The zone of all times on the page: the browser's, or UTC. */
export const zone = signal(localStorage.getItem(zoneName) === 'UTC' ? 'UTC' : ownZone);
export const canChangeZone = ownZone !== 'UTC';

export function toggleZone(): void {
  zone.value = zone.value === 'UTC' ? ownZone : 'UTC';
  if (zone.value === 'UTC') localStorage.setItem(zoneName, 'UTC'); else localStorage.removeItem(zoneName);
}

const formats = new Map<string, Intl.DateTimeFormat>();
function partsOf(time: number): Record<string, string> {
  let format = formats.get(zone.value);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone.value, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3,
    });
    formats.set(zone.value, format);
  }
  return Object.fromEntries(format.formatToParts(time).map(part => [part.type, part.value]));
}

/** `2026-11-29` */
export function day(time: number): string {
  const at = partsOf(time);
  return `${at.year}-${at.month}-${at.day}`;
}

/** `14:03:07`, with milliseconds where they matter. */
export function timeOfDay(time: number, withMilliseconds = false): string {
  const at = partsOf(time);
  return `${at.hour}:${at.minute}:${at.second}${withMilliseconds ? `.${at.fractionalSecond}` : ''}`;
}

/** `2026-11-29 14:03:07.250` */
export const exactTime = (time: number): string => `${day(time)} ${timeOfDay(time, true)}`;

/** The time of day today, else with its date. */
export const shortTime = (time: number, now: number): string => day(time) === day(now) ? timeOfDay(time) : `${day(time)} ${timeOfDay(time)}`;

/** `250 ms`, `1.2 s`, `3 min 12 s`, `2 h 05 min`, `3 d 4 h` */
export function duration(milliseconds: number): string {
  const value = Math.max(0, milliseconds);
  if (value < 1000) return `${Math.round(value)} ms`;
  const seconds = value / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${String(Math.floor(whole / 60) % 60).padStart(2, '0')} min`;
  return `${Math.floor(whole / 86400)} d ${Math.floor(whole / 3600) % 24} h`;
}

export const count = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString('en-GB')} ${n === 1 ? one : many}`;

export const millis = (time: string): number => Date.parse(time);

/** Ids are long and begin alike: their ends tell them apart. */
export const shortId = (id: string): string => id.length > 16 ? `…${id.slice(-8)}` : id;

/** As people know it: a run that a newer one replaced is superseded, however the API calls its status. */
export function outcomeOf(run: { status: string; stop?: { reason: string } | null; stopReason?: string | null }): string {
  return run.status === 'Cancelled' && (run.stop?.reason ?? run.stopReason) === 'Superseded' ? 'Superseded' : run.status;
}

const reasons: Record<string, string> = {
  Requested: 'asked to stop',
  Superseded: 'superseded by a newer run',
  Timeout: 'its timeout was over',
  ScheduleTimeout: 'it waited too long',
  EndCondition: 'its end condition was met',
  Shutdown: 'the app was stopped',
  Parent: 'its parent stopped',
  Self: 'it stopped itself',
  GateFull: 'its key was busy',
};
export const reasonInWords = (reason: string): string => reasons[reason] ?? reason;

/** A text of the app with its times in the zone of the page. */
export const inZone = (text: string): string => text.replace(/(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC/g, (_, date: string, time: string) => {
  const at = Date.parse(`${date}T${time}Z`);
  return `${day(at)} ${timeOfDay(at)}`;
});
