// An operator finds, starts, understands and stops runs.
import { strict as assert } from 'node:assert';
import { adminKey, key, play, step } from './browser.mjs';

const hostile = `<img src=x onerror="window.hacked=1"><script>window.hacked=2</script>`;
const group = `browser ${Date.now()} ${hostile}`;

await play('dashboard', async ({ page, text, eventually, visit, picture }) => {
  async function start(workflow, input) {
    await visit(`#/start/${workflow}`);
    await page.click('#asJson');
    await page.fill('#startInput', JSON.stringify(input));
    const answer = page.waitForResponse(response => response.request().method() === 'POST' && response.url().includes('/workflows/'));
    await page.click('#startGo');
    const response = await answer;
    assert.equal(response.status(), 202, await response.text());
    return (await response.json()).id;
  }

  step('without a key the page says so, and with one it works');
  await visit('#/runs');
  await eventually('#wants-key', /API key/);
  await page.fill('input[name=key]', key);
  await page.keyboard.press('Enter');
  await eventually('#mode', /admits runs/);
  assert.equal(await page.evaluate(() => sessionStorage.getItem('preempt-key')), key);
  assert.equal(await page.evaluate(() => localStorage.length), 0);

  step('what is wrong with an input is said plainly');
  await visit('#/start/lab-queue');
  await page.click('#asJson');
  await page.fill('#startInput', '{oops');
  await page.click('#startGo');
  await eventually('#error', /not JSON/);

  step('a form is made of what a workflow takes, filled with an example');
  await visit('#/start/chat-reply');
  assert.equal(await page.inputValue('[name="input.userId"]'), 'ada');
  await page.fill('[name="input.userId"]', group);
  await page.fill('[name="input.seconds"]', '0.1');
  await picture('start');
  await page.click('#startGo');
  await page.locator('.title-line .s-Succeeded').waitFor();
  assert.match(await text('#output-card'), /What is a monad/);

  step('runs are started, and shown with what they wait for');
  const input = seconds => ({ group, steps: [{ seconds }] });
  const first = await start('lab-queue', input(120));
  const second = await start('lab-queue', input(120));
  const third = await start('lab-queue', input(1));
  await eventually('#detailTitle', new RegExp(third.slice(-12)));
  await eventually('#explain', /waits at the gate/);
  await visit('#/gates?workflow=lab-queue');
  await eventually('#gates', new RegExp(first.slice(-8)));
  assert.ok((await text('#gates')).includes(hostile), 'the key is shown as the text that it is');
  await picture('gates');
  await visit('#/runs?workflow=lab-queue');
  await eventually('#runs', /Queued[^]*Running[^]*Running/);
  assert.ok((await text('#runs')).includes(hostile), 'the key is shown as the text that it is');
  await picture('runs');

  step('a run is looked at and cancelled with the keyboard alone');
  await page.locator(`#runs a[title="${third}"]`).focus();
  await page.keyboard.press('Enter');
  await eventually('#detailTitle', new RegExp(third.slice(-12)));
  await page.locator('#cancel').focus();
  await page.keyboard.press('Enter');
  await page.locator('dialog input[name=reason]').fill('never mind');
  await page.keyboard.press('Enter');
  await eventually('#facts', /asked to stop[^]*never mind/);
  await page.locator('dialog').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement?.isConnected), true);

  step('a view survives a reload, and Back leads back');
  await page.reload();
  await eventually('#detailTitle', new RegExp(third.slice(-12)));
  await page.goBack();
  await eventually('#runs', /never mind/);
  assert.equal(await page.inputValue('#workflow'), 'lab-queue');

  step('a run is given more time, and what is wrong is said where it was typed');
  await page.locator(`#runs a[title="${first}"]`).click();
  await eventually('#timeline', /lab-work[^]*Running/);
  await page.click('#extend');
  await page.fill('dialog input[name=by]', 'soon');
  await page.click('#dialog-go');
  await eventually('#dialog-error', /soon/);
  await page.fill('dialog input[name=by]', '5 minutes');
  await page.click('#dialog-go');
  await eventually('#notice', /more time/);
  await picture('run');

  step('all runs of a filter are cancelled: the admin key is asked for, a dry run counts, and the progress is shown');
  await visit(`#/runs?workflow=lab-queue&status=Running&text=${encodeURIComponent(group.slice(0, 21).toUpperCase())}`);
  await page.waitForFunction(() => document.querySelectorAll('#runs tr').length === 2);
  await page.click('#cancelChosen');
  await page.click('#dialog-go');
  await eventually('#dialog-error', /key/);
  await page.fill('dialog input[name=key]', adminKey);
  await page.keyboard.press('Enter');
  await page.click('#dialog-go');
  await eventually('#bulk-count', /found 2 runs/);
  await picture('bulk');
  await page.click('#dialog-go');
  await eventually('#operation', /2 asked to stop[^]*all gone through/);
  await page.reload();
  await eventually('#operation', /2 asked to stop/);
  await page.click('[data-status=Cancelled]');
  await eventually('#runs', /Cancelled[^]*Cancelled[^]*Cancelled/);
  await eventually('[data-status=Cancelled]', /Cancelled\s+3/);

  step('a run is replayed, and deleted');
  await page.locator(`#runs a[title="${third}"]`).click();
  await eventually('#detailTitle', new RegExp(third.slice(-12)));
  await page.click('#replay');
  await page.click('#dialog-go');
  await page.waitForFunction(id => !location.hash.includes(encodeURIComponent(id)), third);
  await page.locator('.title-line .s-Succeeded').waitFor();
  const replayed = decodeURIComponent((await page.evaluate(() => location.hash)).split('/')[2]);
  await page.click('#delete');
  await page.click('#dialog-go');
  await eventually('#notice', new RegExp(`${replayed.slice(-8)} is deleted`));

  step('a rule is paused for a key, and resumed');
  await visit('#/gates?workflow=lab-queue');
  await page.click('button[aria-label="Pause lab-queue:0"]');
  await page.fill('#dialog-form input[name=key]', group);
  await page.fill('#dialog-form input[name=reason]', 'a closer look');
  await page.click('#dialog-go');
  await eventually('#limits', /paused[^]*a closer look/);
  assert.ok((await text('#limits')).includes(hostile), 'the key is shown as the text that it is');
  await picture('limits');
  await page.locator('#limits li', { hasText: 'a closer look' }).locator('button').click();
  await page.click('#dialog-go');
  await page.locator('#limits li', { hasText: 'a closer look' }).waitFor({ state: 'detached' });

  step('filters narrow the table, and what is typed is applied when it is done');
  await visit('#/runs?workflow=lab-queue');
  await page.click('[data-status=Cancelled]');
  await page.waitForFunction(() => document.querySelectorAll('#runs .status').length > 1 && [...document.querySelectorAll('#runs .status')].every(found => found.textContent.includes('Cancelled')));
  await page.locator('#filterKey').pressSequentially('nobody');
  assert.ok(!(await page.evaluate(() => location.hash)).includes('nobody'), 'not in the middle of typing');
  await page.keyboard.press('Enter');
  await eventually('#runsEmpty', /No run matches/);

  step('chosen runs are replayed');
  await visit(`#/runs?workflow=lab-queue&text=${third.slice(-12)}`);
  await page.waitForFunction(() => document.querySelectorAll('#runs tr').length === 1);
  await page.check('#chooseAll');
  await eventually('#replayChosen', /\(1\)/);
  await page.click('#replayChosen');
  await eventually('#bulk-count', /found 1 run/);
  await page.click('#dialog-go');
  await eventually('#operation', /1 started again/);

  step('the app is drained and resumed, an event is published, and the overview counts');
  await visit('#/app');
  await eventually('#operations', /Replay/);
  await eventually('#workflows', /chat-reply[^]*The newest wins/);
  await eventually('#about', /Preempt.Functions, version [^]*Workers seen\s+\S+:\d+ responded/);
  await page.click('#drain');
  await page.click('#dialog-go');
  await eventually('#mode', /draining/);
  await eventually('#app-mode', /Draining/);
  await picture('app', true);
  await page.click('#resume');
  await page.click('#dialog-go');
  await eventually('#mode', /admits runs/);
  await page.fill('#event-name', 'file-uploaded');
  await page.fill('textarea[name=payload]', '{"file": "a.csv", "rows": 1000}');
  await page.click('#publish');
  await page.click('#dialog-go');
  await eventually('#notice', /started 1 run and stopped 0/);
  const closing = `closing-${Date.now()}`;
  await start('lab-plain', { group, steps: [{ seconds: 120 }], endWhen: `event ${closing}` });
  await visit('#/app');
  await page.fill('#event-name', closing);
  await page.click('#publish');
  await page.click('#dialog-go');
  await eventually('#notice', /started 0 runs and stopped 1 run/);
  await visit('#/overview');
  await page.locator('#outcomes canvas').waitFor();
  await eventually('.tiles', /Runs\s+[1-9]/);
  await eventually('#busiest', /browser/);
  await picture('overview', true);

  step('it is readable in the dark and on a small screen');
  await visit('#/runs?workflow=lab-queue');
  await eventually('#runs', /Cancelled/);
  await page.emulateMedia({ colorScheme: 'dark' });
  await picture('runs-dark');
  await page.setViewportSize({ width: 400, height: 800 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page is no wider than the screen');
  await picture('runs-small');

  step('every control has a name, and nothing hostile was run');
  const nameless = await page.evaluate(() => [...document.querySelectorAll('button, input, select, textarea, a')]
    .filter(found => !(found.innerText?.trim() || found.ariaLabel || found.getAttribute('aria-label') || found.labels?.length)).map(found => found.outerHTML));
  assert.deepEqual(nameless, []);
  assert.equal(await page.evaluate(() => window.hacked), undefined);
});
