import { signal, type Signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { getTagged, isKeyError, UnreachableError, wantsKey } from './api';
import { clock } from './clock';

/** A view asks at most so often, whatever it shows. */
const pace = 1000;
const longestBackoff = 15_000;
/** An answer that took long is asked for again after so many times as long. */
const rest = 3;
const maxKept = 30;

/** Whether the page goes on asking. */
export const isLive = signal(true);

/** Since when the app does not answer, in milliseconds; null while it does. */
export const downSince = signal<number | null>(null);

/** An answer of the app that is kept up to date while somebody looks at it. */
export class Resource<T> {
  readonly data: Signal<T | undefined> = signal(undefined);
  readonly error: Signal<string | null> = signal(null);
  readonly readAt: Signal<number | null> = signal(null);
  users = 0;
  every = pace;
  dueAt = 0;
  isUrgent = true;
  isAsking = false;
  tag: string | null = null;
  pending: (() => void) | null = null;

  constructor(readonly path: string) {}

  /** Asks at once, and does not wait for its turn. */
  refresh(): void {
    this.isUrgent = true;
    this.dueAt = 0;
    schedule(0);
  }
}

const resources = new Map<string, Resource<unknown>>();
let lastStart = 0;
let failures = 0;
let retryAt = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/* While a mouse button is down nothing moves: what is pressed is what is clicked. */
let isPressed = false;

/** Whether what is shown must not move, because a mouse button is down. */
export const isHeld = (): boolean => isPressed;

addEventListener('pointerdown', () => { isPressed = true; }, true);
for (const name of ['pointerup', 'pointercancel', 'blur']) {
  addEventListener(name, () => {
    // The click comes after this event.
    setTimeout(() => {
      isPressed = false;
      for (const resource of resources.values()) {
        const apply = resource.pending;
        resource.pending = null;
        apply?.();
      }
    }, 0);
  }, true);
}

function schedule(after: number): void {
  clearTimeout(timer);
  timer = setTimeout(tick, after);
}

function isWaiting(resource: Resource<unknown>, at: number): boolean {
  if (resource.users === 0 || resource.isAsking || wantsKey.value) return false;
  if (resource.isUrgent) return true;
  return isLive.value && !document.hidden && resource.dueAt <= at;
}

function tick(): void {
  const at = Date.now();
  const waiting = [...resources.values()].filter(resource => isWaiting(resource, at)).sort((a, b) => a.dueAt - b.dueAt);
  if (at >= retryAt) {
    if (downSince.value === null) for (const resource of waiting.filter(found => found.isUrgent)) void ask(resource);
    const next = waiting.find(resource => !resource.isAsking);
    if (next && at - lastStart >= pace) void ask(next);
  }
  schedule(Math.min(200, pace));
}

async function ask(resource: Resource<unknown>): Promise<void> {
  resource.isAsking = true;
  resource.isUrgent = false;
  const start = Date.now();
  lastStart = start;
  try {
    const answer = await getTagged<unknown>(resource.path, resource.tag);
    resource.tag = answer.tag;
    failures = 0;
    downSince.value = null;
    const apply = (): void => {
      if (answer.body !== undefined) resource.data.value = answer.body;
      resource.error.value = null;
      resource.readAt.value = clock.now();
    };
    if (isPressed) resource.pending = apply; else apply();
    resource.dueAt = Date.now() + Math.max(resource.every, rest * (Date.now() - start));
  } catch (error) {
    if (isKeyError(error)) {
      wantsKey.value = true;
      resource.isUrgent = true;
    } else if (error instanceof UnreachableError) {
      failures++;
      downSince.value ??= clock.now();
      retryAt = Date.now() + Math.min(pace * 2 ** (failures - 1), longestBackoff);
      resource.dueAt = 0;
    } else {
      resource.error.value = (error as Error).message;
      resource.dueAt = Date.now() + 5 * resource.every;
    }
  } finally {
    resource.isAsking = false;
  }
}

function find<T>(path: string): Resource<T> {
  const known = resources.get(path);
  if (known) return known as Resource<T>;
  if (resources.size >= maxKept) for (const [other, resource] of resources) if (resource.users === 0) resources.delete(other);
  const made = new Resource<T>(path);
  resources.set(path, made as Resource<unknown>);
  return made;
}

/** An answer of the app, asked for again while the component is shown. */
export function useLive<T>(path: string, every = pace): Resource<T> {
  const resource = useMemo(() => find<T>(path), [path]);
  useEffect(() => {
    resources.set(path, resource as Resource<unknown>);
    resource.users++;
    resource.every = every;
    if (resource.readAt.value === null || clock.now() - resource.readAt.value > pace) resource.refresh(); else schedule(0);
    return () => { resource.users--; };
  }, [resource]);
  return resource;
}

/** Asks again for everything that is shown: after something was done, or a key was given. */
export function refreshAll(): void {
  retryAt = 0;
  for (const resource of resources.values()) if (resource.users > 0) resource.refresh();
}

document.addEventListener('visibilitychange', () => { if (!document.hidden) schedule(0); });
schedule(0);
