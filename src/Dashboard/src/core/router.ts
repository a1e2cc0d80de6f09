import { signal } from '@preact/signals';

/** An address within the page: `#/runs/{id}?name=value`. Everything that a view shows is in it, so that it survives a reload. */
export interface Route { path: string[]; query: URLSearchParams }

function read(): Route {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  return { path: path.split('/').filter(Boolean).map(decodePart), query: new URLSearchParams(query) };
}

function decodePart(part: string): string {
  try { return decodeURIComponent(part); } catch { return part; }
}

export const route = signal<Route>(read());
addEventListener('hashchange', () => { route.value = read(); });

type Values = Record<string, string | null | undefined>;

/** The address of a view. */
export function href(path: string[], query: Values | URLSearchParams = {}): string {
  const wanted = query instanceof URLSearchParams ? query : new URLSearchParams();
  if (!(query instanceof URLSearchParams)) for (const [name, value] of Object.entries(query)) if (value) wanted.set(name, value);
  const text = wanted.toString();
  return `#/${path.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`;
}

export const runHref = (id: string): string => href(['runs', id]);

export function go(address: string, replace = false): void {
  if (replace) {
    history.replaceState(null, '', address);
    route.value = read();
  } else {
    location.hash = address;
  }
}

/** Changes parts of the query of the present address; an empty value takes its part away. */
export function setQuery(values: Values, replace = false): void {
  const query = new URLSearchParams(route.value.query);
  for (const [name, value] of Object.entries(values)) if (value) query.set(name, value); else query.delete(name);
  go(href(route.value.path, query), replace);
}
