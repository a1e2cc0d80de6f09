// A page that is always changing can still be used: clicks and the focus stay, an app that is gone is told of, and everybody can read it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { strict as assert } from 'node:assert';
import { api, play, step, until } from './browser.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const presses = 20;
const start = async (workflow, input) => (await api('POST', `workflows/${workflow}/runs`, { input })).id;

await play('live', async ({ page, visit, useKey, picture, eventually, asked }) => {
  await visit('#/runs');
  await useKey();
  const group = `live ${Date.now()}`;
  const quick = { group, steps: [{ seconds: 0.2 }] };
  const parent = await start('lab-children', { group, children: 3, steps: [{ seconds: 0.1, failTimes: 2 }], retries: 2 });
  await start('lab-queue', { group, steps: [{ seconds: 300 }] });

  step('a press of 1.2 s on a list that changes all the time keeps its click, 20 of 20');
  let isOver = false;
  let started = 0;
  const traffic = (async () => {
    while (!isOver && started < 20_000) {
      await start('lab-plain', quick);
      started++;
      await new Promise(done => setTimeout(done, 150));
    }
  })();
  await page.evaluate(() => addEventListener('mousedown', event => { window.pressed = event.target.closest('a')?.title ?? ''; }, true));
  // A row may move just before the button goes down, and leave the pointer between two links: that is no press on a link.
  let n = 0;
  for (let tries = 0; n < presses && tries < 2 * presses; tries++) {
    await visit('#/runs?workflow=lab-plain');
    const link = page.locator('#runs tr:nth-child(3) .id a');
    await link.waitFor();
    const box = await link.boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const before = started;
    await page.mouse.down();
    const meant = await page.evaluate(() => window.pressed);
    await page.waitForTimeout(1200);
    await until('another run was started', () => started > before);
    await page.mouse.up();
    if (!meant) continue;
    n++;
    await page.waitForFunction(() => location.hash.startsWith('#/runs/'));
    const opened = decodeURIComponent((await page.evaluate(() => location.hash)).split('/')[2] ?? '');
    assert.equal(opened, meant, `press ${n}`);
  }
  assert.equal(n, presses);

  step('the focus stays where it is while rows come and go');
  await visit('#/runs?workflow=lab-plain');
  const row = page.locator('#runs tr:nth-child(2) .id a');
  await row.waitFor();
  await row.focus();
  const focused = await page.evaluate(() => document.activeElement.title);
  await page.waitForFunction(first => document.querySelector('#runs tr .id a')?.title !== first, await page.locator('#runs tr .id a').first().getAttribute('title'));
  assert.equal(await page.evaluate(() => document.activeElement?.title), focused);
  isOver = true;
  await traffic;

  step('a view asks once a second at most');
  await visit(`#/runs/${encodeURIComponent(parent)}`);
  await eventually('#related', /Children[^]*lab-plain[^]*lab-plain[^]*lab-plain/);
  await eventually('#timeline', /attempt 3/);
  await page.locator('.title-line .s-Succeeded').waitFor();
  await picture('run-children', true);
  const steady = await asked(/\/api\/(?!dashboard)/, { time: 8000, times: 2 });
  const [first] = steady;
  assert.ok(steady.filter(time => time - first < 8000).length <= 9, `these are at ${steady.map(Math.round)} ms`);

  step('an app that does not answer is told of, with since when, and asked again');
  await page.route('**/api/**', route => route.abort('connectionrefused'));
  await eventually('#down', /has not responded since \d{4}-\d\d-\d\d/);
  await picture('down');
  assert.match(await page.locator('#timeline').innerText(), /runs/, 'what was known stays');
  await page.unroute('**/api/**');
  await page.waitForFunction(() => document.querySelector('#down').innerText === '');

  step('every view can be read by everybody, in the light and in the dark, and at 400 px');
  const views = ['#/lanes/lab-queue', '#/runs', '#/runs?workflow=lab-plain&status=Succeeded', `#/runs/${encodeURIComponent(parent)}`, '#/gates?workflow=lab-queue', '#/overview', '#/app', '#/start/chat-reply'];
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    for (const view of views) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await visit(view);
      await page.locator('main h1, main h2').first().waitFor();
      await page.evaluate(axe);
      const found = await page.evaluate(async () => (await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })).violations
        .map(problem => `${problem.id}: ${problem.nodes.slice(0, 4).map(node => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`).join(' | ')}`));
      assert.deepEqual(found, [], `${view} in the ${scheme}`);
      await page.setViewportSize({ width: 400, height: 860 });
      await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth)
        .catch(() => assert.fail(`${view} is wider than 400 px`));
      if (scheme === 'dark') await picture(`small-${view.split('/')[1].split('?')[0]}${view.split('/').length > 2 ? '-one' : ''}`);
    }
  }
});
