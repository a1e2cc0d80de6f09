// Plays the dashboard in a browser. Usage: node dashboard.mjs BASE CHROMIUM KEY OUT [PROFILE]
// Ends with 0 when all went as a person would expect; else it says what did not.
import { chromium } from 'playwright-core';
import { strict as assert } from 'node:assert';

const [base, executablePath, key, out] = process.argv.slice(2);
const hostile = `<img src=x onerror="window.hacked=1"><script>window.hacked=2</script>`;
const group = `browser ${Date.now()} ${hostile}`;
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, colorScheme: 'light' });
const complaints = [];
const strangers = [];
page.on('pageerror', error => complaints.push(`exception: ${error.message}`));
page.on('console', message => { if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text()); });
page.on('request', request => { if (!request.url().startsWith(new URL(base).origin) && !request.url().startsWith('data:')) strangers.push(request.url()); });
const step = name => console.log(name);
const text = selector => page.locator(selector).innerText();
const eventually = (selector, pattern) => page.waitForFunction(
  ([where, source]) => new RegExp(source).test(document.querySelector(where)?.innerText ?? ''), [selector, pattern.source], { timeout: 30000 });

async function start(workflow, input) {
  if (!await page.locator('#startInput').isVisible()) await page.getByText('Start a run').click();
  await page.selectOption('#startWorkflow', workflow);
  await page.fill('#startInput', JSON.stringify(input));
  const answer = page.waitForResponse(response => response.request().method() === 'POST' && response.url().includes('/workflows/'));
  await page.click('#start button');
  const response = await answer;
  assert.equal(response.status(), 202, await response.text());
  return (await response.json()).id;
}

try {
  step('without a key the page says so, and with one it works');
  await page.goto(new URL('dashboard', base).href);
  await eventually('#error', /API key/);
  await page.fill('#key', key);
  await page.keyboard.press('Enter');
  await eventually('#mode', /admits runs/);
  assert.equal(await page.evaluate(() => sessionStorage.getItem('preempt-key')), key);
  assert.equal(await page.evaluate(() => localStorage.length), 0);

  step('runs are started, and shown with what they wait for');
  const input = seconds => ({ group, steps: [{ seconds }] });
  const first = await start('lab-queue', input(120));
  const second = await start('lab-queue', input(120));
  const third = await start('lab-queue', input(1));
  await page.selectOption('#workflow', 'lab-queue');
  await eventually('#explain', /waits at the gate/);
  await eventually('#runs', /Queued[^]*Running[^]*Running/);
  await eventually('#gates', new RegExp(first.slice(-12)));
  assert.ok((await text('#gates')).includes(hostile), 'the key is shown as the text that it is');
  assert.ok((await text('#detailTitle')).includes(third));
  await page.screenshot({ path: `${out}/dashboard-light.png` });

  step('a run is looked at and cancelled with the keyboard alone');
  await page.keyboard.press('Escape');
  assert.ok(await page.locator('#detail').isHidden());
  await page.locator(`#runs button[title="Show ${third}"]`).focus();
  await page.keyboard.press('Enter');
  await eventually('#detailTitle', new RegExp(third.slice(-12)));
  await page.locator('#cancel').focus();
  await page.keyboard.press('Enter');
  await eventually('#facts', /Cancelled[^]*cancelled on the dashboard/);

  step('a run is given more time, and what is wrong is said plainly');
  await page.locator(`#runs button[title="Show ${first}"]`).click();
  await eventually('#steps', /lab-work[^]*Running/);
  await page.fill('#extendBy', 'soon');
  await page.click('#extend');
  await eventually('#error', /soon/);
  await page.click('#errorClose');
  await page.fill('#extendBy', '5 minutes');
  await page.click('#extend');
  await page.fill('#startInput', '{oops');
  await page.click('#start button');
  await eventually('#error', /not JSON/);
  await page.click('#errorClose');

  step('several runs are cancelled at once');
  await page.check('#chooseAll');
  await eventually('#cancelChosen', /\(2\)/);
  await page.click('#cancelChosen');
  await eventually('#runs', /Cancelled[^]*Cancelled[^]*Cancelled/);

  step('a run is replayed');
  await page.locator(`#runs button[title="Show ${third}"]`).click();
  await eventually('#detailTitle', new RegExp(third.slice(-12)));
  await page.click('#replay');
  await eventually('#facts', /Succeeded/);

  step('filters narrow the table');
  await page.selectOption('#status', 'Succeeded');
  await page.waitForFunction(() => [...document.querySelectorAll('#runs .status')].every(found => found.textContent === 'Succeeded'));
  await page.fill('#filterKey', 'nobody');
  await page.keyboard.press('Enter');
  await eventually('#runsCaption', /No run is like that/);

  step('it is readable in the dark and on a small screen');
  await page.fill('#filterKey', '');
  await page.selectOption('#status', '');
  await page.emulateMedia({ colorScheme: 'dark' });
  await eventually('#runs', /Succeeded/);
  await page.screenshot({ path: `${out}/dashboard-dark.png` });
  await page.setViewportSize({ width: 420, height: 900 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page is no wider than the screen');
  await page.screenshot({ path: `${out}/dashboard-small.png` });

  step('every control has a name, and nothing was run, fetched or complained about');
  const nameless = await page.evaluate(() => [...document.querySelectorAll('button, input, select, textarea')]
    .filter(found => !(found.innerText?.trim() || found.ariaLabel || found.labels?.length)).map(found => found.outerHTML));
  assert.deepEqual(nameless, []);
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.deepEqual(strangers, []);
  assert.deepEqual(complaints, []);
} catch (error) {
  await page.screenshot({ path: `${out}/dashboard-failed.png` }).catch(() => {});
  console.error(`${error.stack}\nThe page says: ${await page.locator('body').innerText().catch(() => '')}\n${complaints.join('\n')}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
