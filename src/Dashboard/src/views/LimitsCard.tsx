import { call, pathTo } from '../core/api';
import { useLive } from '../core/live';
import type { Limit, Page, RuleLimits } from '../core/types';
import { rateInWords, ruleInWords } from '../lanes/words';
import { Card, Time } from '../ui/basics';
import { ask } from '../ui/dialog';
import { tell } from '../ui/notices';

/** The rules of a workflow, or a shared one, with the limits that were changed at run time. */
export function LimitsCard({ place }: { place: { workflow: string } | { rule: string } }) {
  const rules = useLive<Page<RuleLimits>>('limits', 5000).data.value?.items
    .filter(each => 'workflow' in place ? each.workflow === place.workflow : each.rule === place.rule);
  if (!rules || rules.length === 0) return null;
  return <Card id="limits-card" title="Limits" actions={<span class="mute">What is changed here holds in place of the code, until it is taken back.</span>}>
    <div class="table" tabIndex={0} role="region" aria-label="The limits"><table>
      <thead><tr><th scope="col">Rule</th><th scope="col">In the code</th><th scope="col">Changed at run time</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead>
      <tbody id="limits">{rules.map(each => <tr key={each.rule}>
        <td data-label="Rule"><b>{each.rule}</b>{each.step ? <div class="mute">around step {each.step}</div> : null}</td>
        <td data-label="In the code">{ruleInWords(each.code)}</td>
        <td data-label="Changed">{each.limits.length === 0 ? <span class="mute">nothing</span> : <ol class="plain">{each.limits.map(limit => <li key={limit.key ?? ''}>
          <b>{limit.key ?? 'all keys'}</b>: {limitInWords(limit)} <button type="button" aria-label={`Take back the limit of ${limit.key ?? 'all keys'} of ${each.rule}`} onClick={() => takeBack(each, limit)}>{limit.pause ? 'Resume' : 'Take back'}</button>
          <div class="mute">{limit.by ? `by ${limit.by}, ` : ''}<Time at={limit.at} />{limit.until ? <>, until <Time at={limit.until} /></> : null}{limit.reason ? `: ${limit.reason}` : ''}</div>
        </li>)}</ol>}</td>
        <td><div class="actions">
          <button type="button" class="danger" aria-label={`Pause ${each.rule}`} disabled={each.limits.some(limit => !limit.key && limit.pause)} onClick={() => change(each, true)}>Pause</button>
          {each.code.debounce ? null : <button type="button" aria-label={`Change the limit of ${each.rule}`} onClick={() => change(each, false)}>Change</button>}
        </div></td>
      </tr>)}</tbody>
    </table></div>
  </Card>;
}

function limitInWords(limit: Limit): string {
  return [
    limit.pause ? 'paused' : null,
    limit.maxRuns ? `${limit.maxRuns} at a time` : null,
    limit.maxTotal ? `${limit.maxTotal} over all keys` : null,
    limit.rate ? rateInWords(limit.rate) : null,
    limit.maxQueued ? `${limit.maxQueued} may wait` : null,
    limit.weight ? `weight ${limit.weight}` : null,
  ].filter(Boolean).join(', ');
}

const takeBack = (rule: RuleLimits, limit: Limit): void => ask({
  title: 'Take the limit back?', verb: limit.pause ? 'Resume' : 'Take it back',
  body: <p>For {limit.key ? `key ${limit.key}` : 'all keys'} of {rule.rule} what the code says holds again. Runs that wait start as far as they may.</p>,
  run: async () => { await call('DELETE', pathTo(['limits'], { rule: rule.rule, key: limit.key })); tell('The limit is taken back.'); },
});

const change = (rule: RuleLimits, pause: boolean): void => ask({
  title: pause ? `Pause ${rule.rule}?` : `Change the limit of ${rule.rule}`, verb: pause ? 'Pause' : 'Change', isDangerous: pause,
  body: <>
    <p>{pause ? 'No run starts there until it is resumed. Runs that have started go on.' : 'It holds in place of the code, also after a deployment. Runs that have started go on.'}</p>
    <label class="field"><span>Key (empty: all keys)</span><input name="key" maxLength={512} /></label>
    {pause ? null : <label class="field"><span>{rule.code.rate ? 'How many at the same moment' : 'How many of a key at a time'}</span><input name="maxRuns" type="number" min={1} max={1000} required={!rule.code.rate} /></label>}
    {pause || !rule.code.rate ? null : <>
      <label class="field"><span>Starts</span><input name="starts" type="number" min={1} max={100_000} /></label>
      <label class="field"><span>per, as in 1 minute</span><input name="per" /></label>
    </>}
    <label class="field"><span>Reason</span><input name="reason" maxLength={200} /></label>
  </>,
  run: async form => {
    const number = (name: string): number | undefined => form.get(name) ? Number(form.get(name)) : undefined;
    const starts = number('starts');
    await call('PUT', 'limits', {
      rule: rule.rule, key: form.get('key') || undefined, pause, maxRuns: number('maxRuns'), rate: starts ? { starts, per: String(form.get('per')) } : undefined, reason: form.get('reason') || undefined,
    });
    tell(pause ? 'The rule is paused.' : 'The limit is changed.');
  },
});
