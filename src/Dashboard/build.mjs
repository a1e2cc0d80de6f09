// Builds the dashboard into one page. Usage: node build.mjs PAGE
// Installs what package-lock.json pins, where that is not installed; checks the types; bundles. Of several that run at once, one works
// and the others wait for it and take what it made.
import { spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const oldestNode = [20, 19];
const waitLimit = 10 * 60_000;
const home = dirname(fileURLToPath(import.meta.url));
const page = process.argv[2];
const lock = join(home, '.building');

function fail(text) {
  // In the form that MSBuild reads as an error.
  console.error(`src/Dashboard/build.mjs : error DASHBOARD : ${text}`);
  process.exit(1);
}

function run(program, args) {
  const { status, error, stdout, stderr } = spawnSync(program, args, { cwd: home, encoding: 'utf8', shell: process.platform === 'win32' });
  if (status !== 0) {
    rmSync(lock, { force: true });
    fail(`${program} ${args.join(' ')} failed: ${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`);
  }
}

function timeOf(path) {
  try { return statSync(path).mtimeMs; } catch { return 0; }
}

function isAlive(pid) {
  try { process.kill(pid, 0); return true; } catch (error) { return error.code === 'EPERM'; }
}

/** Takes the lock; one whose holder has died is taken over. */
async function takeLock() {
  for (const start = Date.now(); Date.now() - start < waitLimit;) {
    try {
      const file = openSync(lock, 'wx');
      writeSync(file, String(process.pid));
      closeSync(file);
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    let holder = '';
    try { holder = readFileSync(lock, 'utf8'); } catch { /* It was given back meanwhile. */ }
    if (holder && !isAlive(Number(holder))) rmSync(lock, { force: true });
    else await pause(200);
  }
  fail(`${lock} is held by another build for more than ${waitLimit / 60_000} minutes. Delete it if there is none.`);
}

if (!page) fail('usage: node build.mjs PAGE');
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) fail(`Node.js is ${process.versions.node}; ${oldestNode.join('.')} or later is needed.`);

const asked = Date.now();
await takeLock();
try {
  // Whoever held the lock may have made the page meanwhile.
  if (timeOf(page) < asked) {
    if (timeOf(join(home, 'node_modules/.package-lock.json')) < timeOf(join(home, 'package-lock.json'))) run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts']);
    run('npm', ['run', '--silent', 'build']);
    mkdirSync(dirname(page), { recursive: true });
    copyFileSync(join(home, 'dist/index.html'), `${page}.new`);
    renameSync(`${page}.new`, page);
  }
} finally {
  rmSync(lock, { force: true });
}
