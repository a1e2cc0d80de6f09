import { useState } from 'preact/hooks';
import { call, pathTo } from '../core/api';
import { useLive } from '../core/live';
import { go, href, runHref } from '../core/router';
import type { Page, Run, Schema, Workflow } from '../core/types';
import { compact, readJson } from '../ui/actions';
import { Card, Empty } from '../ui/basics';
import { ruleInWords } from '../lanes/words';

/** Starts a run, with a form made of what the workflow takes. */
export function StartView({ workflow }: { workflow: string | undefined }) {
  const workflows = useLive<Page<Workflow>>('workflows', 60_000).data.value?.items;
  const definition = workflows?.find(found => found.name === workflow) ?? (workflow ? undefined : workflows?.[0]);
  if (!workflows) return null;
  if (!definition) return <Empty>The app has no workflow named {workflow}.</Empty>;
  return <Card id="start-card" title="Start a run">
    <div class="card-body">
      <label class="field"><span>Workflow</span><select id="startWorkflow" value={definition.name} onChange={event => go(href(['start', event.currentTarget.value]), true)}>
        {workflows.map(({ name }) => <option key={name} value={name}>{name}</option>)}
      </select></label>
      {definition.rules[0] ? <p class="mute">{ruleInWords(definition.rules[0])}</p> : null}
      <StartForm key={definition.name} definition={definition} />
    </div>
  </Card>;
}

type Kind = 'text' | 'number' | 'boolean' | 'json';
interface Field { name: string; kind: Kind; isRequired: boolean; options?: string[] }

const typesOf = (schema: Schema): string[] => Array.isArray(schema.type) ? schema.type : schema.type ? [schema.type] : [];

function kindOf(schema: Schema | boolean): Kind {
  const types = typeof schema === 'boolean' ? [] : typesOf(schema).filter(type => type !== 'null');
  if (types.includes('string')) return 'text';
  if (types.length === 1 && (types[0] === 'number' || types[0] === 'integer')) return 'number';
  return types.length === 1 && types[0] === 'boolean' ? 'boolean' : 'json';
}

/** The fields of an object; null for an input that is none. */
function fieldsOf(schema: Schema | null | undefined): Field[] | null {
  if (!schema?.properties) return null;
  return Object.entries(schema.properties).map(([name, member]) => ({
    name,
    kind: kindOf(member),
    isRequired: schema.required?.includes(name) ?? false,
    options: typeof member === 'object' && member.enum ? member.enum.filter(value => typeof value === 'string') as string[] : undefined,
  }));
}

const asText = (value: unknown, kind: Kind): string => value === undefined || value === null ? '' : kind === 'json' ? JSON.stringify(value) : String(value);

function fromText(text: string, { name, kind }: Field): unknown {
  if (kind === 'json') return readJson(text, name);
  if (kind === 'number') {
    const number = Number(text);
    if (Number.isNaN(number)) throw new Error(`${name} is not a number: ${text}`);
    return number;
  }
  return text;
}

function StartForm({ definition }: { definition: Workflow }) {
  const fields = fieldsOf(definition.inputSchema);
  const [asJson, setAsJson] = useState(fields === null);
  const [input, setInput] = useState<unknown>(definition.inputExample ?? {});
  const [error, setError] = useState('');
  const read = (form: FormData): unknown => {
    if (asJson || !fields) return readJson(form.get('input'), 'The input') ?? null;
    const made: Record<string, unknown> = {};
    for (const field of fields) {
      if (field.kind === 'boolean') {
        if (form.get(`input.${field.name}`) || field.isRequired) made[field.name] = form.get(`input.${field.name}`) !== null;
        continue;
      }
      const text = String(form.get(`input.${field.name}`) ?? '');
      if (text.trim() || field.isRequired) made[field.name] = fromText(text, field);
    }
    return made;
  };
  const guard = async (work: () => Promise<void> | void): Promise<void> => {
    setError('');
    try { await work(); } catch (failed) { setError((failed as Error).message); }
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    void guard(async () => {
      const run = await call<Run>('POST', pathTo(['workflows', definition.name, 'runs']), { input: read(form), ...compact({ key: form.get('key'), priority: Number(form.get('priority') || 0) || null }) });
      go(runHref(run.id));
    });
  };
  const turn = (event: Event): void => {
    const form = new FormData((event.currentTarget as HTMLButtonElement).form!);
    void guard(() => { setInput(read(form)); setAsJson(!asJson); });
  };
  const values = (input ?? {}) as Record<string, unknown>;
  return <form id="start" class="stack" onSubmit={submit} noValidate={false}>
    <fieldset>
      <legend>Input</legend>
      {asJson || !fields
        ? <label class="field"><span>JSON</span><textarea id="startInput" name="input" rows={10} spellcheck={false} defaultValue={JSON.stringify(input, null, 2)} /></label>
        : <div class="form-grid">{fields.map(field => <InputField key={field.name} field={field} value={values[field.name]} />)}</div>}
      {fields ? <button type="button" class="quiet" id="asJson" onClick={turn}>{asJson ? 'Write it in a form' : 'Write it as JSON'}</button> : null}
    </fieldset>
    <div class="form-grid">
      <label class="field"><span>Key (empty: the workflow’s own)</span><input id="startKey" name="key" autocomplete="off" /></label>
      <label class="field"><span>Priority (empty: 0)</span><input name="priority" type="number" min={-1000} max={1000} /></label>
    </div>
    {error ? <p class="problem" role="alert" id="error">{error}</p> : null}
    <div><button class="main" id="startGo">Start</button></div>
  </form>;
}

function InputField({ field: { name, kind, isRequired, options }, value }: { field: Field; value: unknown }) {
  const title = <span>{name}{isRequired ? '' : <i> optional</i>}{kind === 'json' ? <i> JSON</i> : null}</span>;
  const id = `input.${name}`;
  if (kind === 'boolean') return <label class="check"><input type="checkbox" name={id} defaultChecked={value === true} /> {title}</label>;
  if (options && options.length > 0) return <label class="field">{title}<select name={id} defaultValue={asText(value, kind)}>{isRequired ? null : <option value="" />}{options.map(option => <option key={option}>{option}</option>)}</select></label>;
  if (kind === 'json') return <label class="field wide-field">{title}<textarea name={id} rows={2} spellcheck={false} required={isRequired} defaultValue={asText(value, kind)} /></label>;
  return kind === 'number'
    ? <label class="field">{title}<input name={id} type="number" step="any" required={isRequired} autocomplete="off" defaultValue={asText(value, kind)} /></label>
    : <label class="field">{title}<input name={id} required={isRequired} autocomplete="off" defaultValue={asText(value, kind)} /></label>;
}
