// A newcomer's first minutes: an app without keys asks for none, and two messages of one user show that the newest wins.
import { strict as assert } from 'node:assert';
import { play, step } from './browser.mjs';

await play('newcomer', async ({ page, text, eventually, visit, picture }) => {
  const send = async (message, seconds) => {
    await visit('#/start/chat-reply');
    await page.fill('[name="input.userId"]', 'ada');
    await page.fill('[name="input.message"]', message);
    await page.fill('[name="input.seconds"]', seconds);
    await page.click('#startGo');
    await page.locator('.title-line .s-Running').waitFor();
    return decodeURIComponent(page.url().split('#/runs/')[1]);
  };

  step('where no key is needed none is asked for, in any view');
  for (const view of ['#/lanes', '#/runs', '#/gates', '#/overview', '#/app', '#/start/chat-reply']) {
    await visit(view);
    await eventually('#mode', /admits runs/);
    assert.equal(await page.locator('#wants-key').count(), 0, `${view} asks for a key`);
  }

  step('two messages of one user, and the lane shows that the second stopped the first');
  const older = await send('What is a monad?', '60');
  const newer = await send('Never mind. What is a monoid?', '60');
  await visit('#/lanes/chat-reply?window=1m');
  await page.locator(`[data-link="${older}→${newer}"]`).waitFor({ state: 'attached' });
  await picture('newcomer');
  await visit(`#/runs/${encodeURIComponent(older)}`);
  await eventually('#explain', /superseded it/);
  await eventually('#stop-in-words', /Step think was told .* later and ended .* after that/);
  assert.match(await text('#log'), /was told to stop \(Superseded\)/);
});
