/** What the API answers, as far as the page uses it. `docs/http.md` and `openapi.json` say what the members mean. */

export const endedStatuses = ['Succeeded', 'Failed', 'TimedOut', 'Cancelled', 'Rejected'] as const;
export const openStatuses = ['Queued', 'Running', 'Stopping'] as const;
export const allStatuses = [...openStatuses, ...endedStatuses] as const;

export interface Page<T> { items: T[]; cursor: string | null }

export interface Stop {
  reason: string;
  requestedAt: string;
  forced: boolean;
  message?: string | null;
  by?: string | null;
  supersededBy?: string | null;
  grace?: string | null;
}

export interface Step {
  number: number;
  name: string;
  status: string;
  attempt: number;
  startedAt: string;
  endedAt?: string | null;
  stopReason?: string | null;
  stopHeardAt?: string | null;
  earlierAttempts?: Attempt[];
}

export interface Attempt { attempt: number; status: string; startedAt: string; endedAt?: string | null; stopHeardAt?: string | null }

export interface Run {
  id: string;
  workflow: string;
  version: string;
  key?: string | null;
  status: string;
  input?: unknown;
  output?: unknown;
  error?: { type: string; message: string; step?: string | null } | null;
  stop?: Stop | null;
  progress?: { fraction: number; message?: string | null } | null;
  attempt: number;
  fencingTokens: number[];
  queuedAt: string;
  startedAt?: string | null;
  endedAt?: string | null;
  parentId?: string | null;
  metadata: Record<string, string>;
  steps: Step[];
}

export interface Explanation { runId: string; status: string; sentences: string[]; text: string }

export interface Rate { starts: number; per: string }

export interface Debounce { quiet: string; atMost: string }

export interface Rule {
  name?: string | null;
  key: string;
  maxRuns: number;
  isMaxRunsComputed?: boolean;
  isWeightComputed?: boolean;
  strategy: string;
  rate?: Rate | null;
  debounce?: Debounce | null;
  handover: string;
  maxQueued: number;
  maxTotal: number;
}

export interface Workflow {
  name: string;
  version: string;
  isLab: boolean;
  timeout: string;
  scheduleTimeout: string;
  grace: string;
  rules: Rule[];
  stepRules: { step: string; rule: Rule }[];
  startsOn: string[];
  inputSchema?: Schema | null;
  inputExample?: unknown;
}

export interface Limit {
  rule: string;
  key?: string | null;
  maxRuns?: number | null;
  maxQueued?: number | null;
  maxTotal?: number | null;
  rate?: Rate | null;
  weight?: number | null;
  pause: boolean;
  reason?: string | null;
  until?: string | null;
  by?: string | null;
  at: string;
}

export interface RuleLimits {
  rule: string;
  workflow?: string | null;
  step?: string | null;
  code: Rule;
  limits: Limit[];
  changes: { limit: Limit; isReset: boolean; at: string; number: number; by?: string | null; reason?: string | null }[];
}

export interface Gate {
  workflow?: string | null;
  version?: string | null;
  rule?: string | null;
  isPaused?: boolean;
  key: string;
  maxRuns: number;
  strategy: string;
  rate?: Rate | null;
  debounce?: Debounce | null;
  nextStart?: string | null;
  lastToken: number;
  healed: number;
  holders: { runId: string; token: number; queuedAt: string; supersededBy?: string | null; key?: string | null; workflow?: string | null }[];
  waiters: { runId: string; queuedAt: string; priority: number; key?: string | null; workflow?: string | null }[];
  maxQueued?: number | null;
  maxTotal?: number | null;
}

export interface AppStatus {
  mode: string;
  refuse: boolean;
  since?: string | null;
  isDrained?: boolean | null;
  running?: number | null;
  waiting?: number | null;
  lookedAt?: string | null;
  app?: { name: string; version: string; preemptVersion: string; backend: string; feed: string; process: string } | null;
}

export interface Operation {
  id: string;
  kind: string;
  status: string;
  total: number;
  done: number;
  nothingToDo: number;
  failed: number;
  startedAt: string;
  endedAt?: string | null;
  dryRun: boolean;
  reason?: string | null;
  failures: { runId: string; detail: string }[];
}

export const isEnded = (status: string): boolean => (endedStatuses as readonly string[]).includes(status);

export interface LaneRun {
  id: string;
  key?: string;
  status: string;
  queuedAt: string;
  startedAt?: string;
  endedAt?: string;
  stopReason?: string;
  stopRequestedAt?: string;
  supersededBy?: string;
  progress?: number;
}

export interface LaneGate { key: string; holders: number; waiting: number; next: string[]; place: number; maxRuns: number }

export interface Lanes { runs: LaneRun[]; gates: LaneGate[]; isComplete: boolean }

export interface Percentiles { count: number; p50: number; p90: number; p99: number }

export interface Bucket {
  from: string;
  succeeded: number;
  failed: number;
  timedOut: number;
  superseded: number;
  cancelled: number;
  rejected: number;
  open: number;
  queueTime: number | null;
  stopTime: number | null;
}

export interface Statistics {
  runs: number;
  isComplete: boolean;
  statuses: { status: string; runs: number }[];
  buckets: Bucket[];
  queueTime: Percentiles | null;
  stopTime: Percentiles | null;
  keys: { workflow: string; key?: string | null; runs: number; superseded: number }[];
}

/** A JSON schema, as far as the page makes a form of it. */
export interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema | boolean>;
  required?: string[];
  items?: Schema | boolean;
  enum?: unknown[];
  default?: unknown;
  examples?: unknown[];
}
