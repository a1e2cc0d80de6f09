// Takes the pictures of docs/flow-control.md at an app whose lab is on: node pictures.mjs BASE CHROMIUM KEY OUT
// The app needs no key, or KEY is one for everything.
import { api, play, until } from './browser.mjs';

const sleep = seconds => new Promise(done => setTimeout(done, seconds * 1000));
const lab = (group, seconds, more = {}) => ({ group, steps: [{ seconds }], ...more });
const start = async (workflow, input, more = {}) => (await api('POST', `workflows/${workflow}/runs`, { input, ...more })).id;
const become = (id, status) => until(`${id} is ${status}`, async () => (await api('GET', `runs/${encodeURIComponent(id)}`)).status === status);

const limit = body => api('PUT', 'limits', body);

/** Of each picture the file, the view, and what goes before; the time shown ends when it is taken. */
const scenes = [
  ['cancel-newest', '#/lanes/lab-cancel-newest?window=1m', async () => {
    const first = await start('lab-cancel-newest', lab('acme', 8));
    await become(first, 'Running');
    for (let n = 0; n < 3; n++) { await start('lab-cancel-newest', lab('acme', 8)); await sleep(1.5); }
    await become(first, 'Succeeded');
    await become(await start('lab-cancel-newest', lab('acme', 60)), 'Running');
    await sleep(5);
  }],
  ['weights', '#/lanes/lab-weights?window=1m', async () => {
    for (let n = 0; n < 9; n++) await start('lab-weights', lab('acme', 2, { weight: 3 }));
    let last;
    for (let n = 0; n < 3; n++) last = await start('lab-weights', lab('initech', 2));
    await become(last, 'Running');
  }],
  ['plans', '#/lanes/lab-slots?window=1m', async () => {
    const all = [];
    for (let n = 0; n < 6; n++) all.push(await start('lab-slots', lab('acme', 8, { slots: 3 })), ...(n < 3 ? [await start('lab-slots', lab('initech', 8))] : []));
    await become(all[6], 'Running');
    await sleep(3);
  }],
  ['rate-limit', '#/runs?workflow=lab-rate-limit', async () => {
    for (let n = 0; n < 5; n++) { await start('lab-rate-limit', lab('acme', 1)); await sleep(0.3); }
    await sleep(3);
  }],
  ['debounce', '#/lanes/lab-debounce?window=1m', async () => {
    let last;
    for (let n = 0; n < 5; n++) { last = await start('lab-debounce', lab('report.docx', 4)); await sleep(1.2); }
    await become(last, 'Succeeded');
    for (let n = 0; n < 3; n++) { last = await start('lab-debounce', lab('report.docx', 30)); await sleep(1); }
    await become(last, 'Running');
    await sleep(4);
  }],
  ['shared-rule', '#/gates?rule=lab-document', async () => {
    for (const [group, older, newer] of [['report.docx', 'lab-translate', 'lab-summarise'], ['plan.docx', 'lab-summarise', 'lab-translate']]) {
      const first = await start(older, { ...lab(group, 60), cleanupSeconds: 30 });
      await become(first, 'Running');
      await start(newer, lab(group, 60));
    }
    await become(await start('lab-translate', lab('notes.docx', 60)), 'Running');
    await sleep(2);
  }],
  ['limits', '#/gates?workflow=lab-queue', async () => {
    const ids = [];
    for (let n = 0; n < 3; n++) ids.push(await start('lab-queue', lab('acme', 60)), await start('lab-queue', lab('initech', 60)));
    await limit({ rule: 'lab-queue:0', key: 'acme', maxRuns: 3, by: 'ada', reason: 'the quarter ends', until: new Date(Date.now() + 7_200_000).toISOString() });
    await limit({ rule: 'lab-queue:0', key: 'initech', pause: true, by: 'ada', reason: 'their API is down' });
    await become(ids[4], 'Running');
    // The page looks for limits every five seconds.
    await sleep(4);
  }],
  ['step-throttle', '#/gates?workflow=lab-step-throttle', async () => {
    for (let n = 0; n < 6; n++) await start('lab-step-throttle', { group: 'translations API', steps: [{ seconds: 1 }, { seconds: 1 }, { seconds: 1 }, { seconds: 1 }] });
    await sleep(2);
  }],
  ['step-concurrency', '#/gates?rule=lab-slot', async () => {
    for (let n = 0; n < 3; n++) for (const group of ['gpu 1', 'gpu 2']) await start('lab-shared-steps', lab(group, 60));
    await sleep(2);
  }],
];

await play('pictures', async ({ page, visit, useKey, picture }) => {
  await visit('#/lanes');
  await useKey();
  for (const [file, view, prepare] of scenes) {
    await prepare();
    await page.evaluate(hash => { location.hash = hash; }, view);
    await sleep(2.5);
    await picture(file, true);
  }
}, { viewport: { width: 1280, height: 560 }, timezoneId: 'UTC' });
