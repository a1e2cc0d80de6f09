// What the browser tests have in common. Each is a program: node NAME.mjs BASE CHROMIUM KEY OUT ADMINKEY
// It ends with 0 when all went as a person would expect; else it says what did not.
import { chromium } from 'playwright-core';
import { strict as assert } from 'node:assert';

export const [base, executablePath, key, out, adminKey] = process.argv.slice(2);
export const step = name => console.log(name);
/** How long a test waits, in milliseconds, until it says that something does not happen: long, for the machine may be slow. */
const patience = 300_000;

/** Calls the API past the page. */
export async function api(method, path, body) {
  const answer = await fetch(new URL(path, base), {
    method, headers: { 'x-functions-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? null : answer.json();
}

/** Waits until something holds; what it throws counts as "not yet". */
export async function until(what, holds) {
  let last;
  for (const start = Date.now(); Date.now() - start < patience; await new Promise(done => setTimeout(done, 50))) {
    try {
      const found = await holds();
      if (found) return found;
    } catch (error) { last = error; }
  }
  throw new Error(`${what}: not within ${patience} ms. ${last ?? ''}`);
}

/** Plays the steps in a fresh browser, and ends the program, whatever a step has left at work. */
export async function play(name, steps, options = {}) {
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light', timezoneId: 'Europe/Paris', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const complaints = [];
  const strangers = [];
  page.on('pageerror', error => complaints.push(`exception: ${error.message}`));
  page.on('console', message => { if (message.type() === 'error' && !/status of 4\d\d|ERR_CONNECTION_REFUSED/.test(message.text())) complaints.push(message.text()); });
  page.on('request', request => { if (!request.url().startsWith(new URL(base).origin) && !request.url().startsWith('data:')) strangers.push(request.url()); });
  const tools = {
    page,
    text: selector => page.locator(selector).innerText(),
    eventually: (selector, pattern) => page.waitForFunction(
      ([where, source]) => new RegExp(source).test(document.querySelector(where)?.innerText ?? ''), [selector, pattern.source]),
    visit: async hash => { await page.goto(new URL(`dashboard${hash}`, base).href); },
    /** When the page asked the app for addresses like this one, in milliseconds by its own clock, from now until time is over and it has asked so many times. */
    asked: async (pattern, { time, times }) => {
      const from = await page.evaluate(() => { performance.clearResourceTimings(); return performance.now(); });
      const known = ([source, since]) => performance.getEntriesByType('resource')
        .filter(entry => new RegExp(source).test(entry.name) && entry.startTime >= since).map(entry => entry.startTime);
      return until(`${times} requests of ${pattern}`, async () => {
        const starts = await page.evaluate(known, [pattern.source, from]);
        return await page.evaluate(() => performance.now()) - from >= time && starts.length >= times && starts;
      });
    },
    useKey: async () => { await page.evaluate(given => sessionStorage.setItem('preempt-key', given), key); await page.reload(); },
    picture: (file, whole = false) => page.screenshot({ path: `${out}/${file}.png`, fullPage: whole }),
  };
  let exitCode = 0;
  try {
    await steps(tools);
    step('nothing was fetched from elsewhere, and the browser has no complaint');
    assert.deepEqual(strangers, []);
    assert.deepEqual(complaints, []);
  } catch (error) {
    await page.screenshot({ path: `${out}/${name}-failed.png` }).catch(() => {});
    console.error(`${error.stack}\nThe page ${page.url()} says: ${await page.locator('body').innerText().catch(() => '')}\n${complaints.join('\n')}`);
    exitCode = 1;
  } finally {
    await browser.close();
  }
  process.exit(exitCode);
}
