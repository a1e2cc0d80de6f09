import { signal } from '@preact/signals';
import { clock } from './clock';

/** Where the API is: beside the page. `npm run dev` serves the page elsewhere and passes `/api` on. */
const base = import.meta.env.DEV ? '/api/' : '';
const keyName = 'preempt-key';
const requestLimit = 60_000;

/** Whether the app wants a key, or another one than it was given. */
export const wantsKey = signal(false);

export const hasKey = (): boolean => sessionStorage.getItem(keyName) !== null;

export function setKey(key: string): void {
  if (key) sessionStorage.setItem(keyName, key); else sessionStorage.removeItem(keyName);
  wantsKey.value = false;
}

/** The app answered that it would not. */
export class ApiError extends Error {
  constructor(readonly status: number, message: string) { super(message); }
}

/** The app did not answer. */
export class UnreachableError extends Error {}

interface Problem { title?: string; detail?: string }

async function send(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Response> {
  const key = sessionStorage.getItem(keyName);
  try {
    const answer = await fetch(base + path, {
      method,
      cache: 'no-store',
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(key ? { 'x-functions-key': key } : {}), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(requestLimit),
    });
    clock.learn(answer.headers.get('date'));
    return answer;
  } catch (error) {
    throw new UnreachableError(error instanceof Error ? error.message : String(error));
  }
}

async function toError(answer: Response): Promise<Error> {
  if (answer.status === 401 || answer.status === 403) {
    return new ApiError(answer.status, hasKey() ? 'The key is not accepted for this. Enter another one.' : 'The app wants an API key.');
  }
  // A proxy in front of an app that is down answers in its place.
  if ([502, 503, 504].includes(answer.status) && !answer.headers.get('content-type')?.includes('json')) return new UnreachableError(`status ${answer.status}`);
  let problem: Problem | null = null;
  try { problem = await answer.json() as Problem; } catch { /* Not a problem document: the status has to do. */ }
  return new ApiError(answer.status, problem?.detail ? `${problem.title ?? ''} ${problem.detail}`.trim() : `The app answered ${answer.status}.`);
}

/** An answer with its tag; no body when the app said that it is still the one of the tag. */
export interface Tagged<T> { body?: T; tag: string | null }

export async function getTagged<T>(path: string, tag: string | null): Promise<Tagged<T>> {
  const answer = await send('GET', path, undefined, tag ? { 'if-none-match': tag } : {});
  if (answer.status === 304) return { tag };
  if (!answer.ok) throw await toError(answer);
  return { body: await answer.json() as T, tag: answer.headers.get('etag') };
}

export async function get<T>(path: string): Promise<T> {
  return (await getTagged<T>(path, null)).body as T;
}

export async function call<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const answer = await send(method, path, body, {});
  if (!answer.ok) throw await toError(answer);
  return answer.status === 204 ? undefined as T : await answer.json() as T;
}

export const isKeyError = (error: unknown): boolean => error instanceof ApiError && (error.status === 401 || error.status === 403);

/** A path below the API with its query. Values that are empty are left out. */
export function pathTo(parts: string[], query: Record<string, string | number | null | undefined> = {}): string {
  const wanted = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== null && value !== undefined && value !== '') wanted.set(name, String(value));
  const text = wanted.toString();
  return parts.map(encodeURIComponent).join('/') + (text ? `?${text}` : '');
}
