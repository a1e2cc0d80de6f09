import { useEffect } from 'preact/hooks';
import { hasKey, setKey, wantsKey } from './core/api';
import { now } from './core/clock';
import { canChangeZone, duration, exactTime, toggleZone, zone } from './core/format';
import { downSince, isLive, useLive } from './core/live';
import { href, route } from './core/router';
import type { AppStatus } from './core/types';
import { Dialogs } from './ui/dialog';
import { KeyForm } from './ui/key';
import { Notices } from './ui/notices';
import { AppView } from './views/AppView';
import { GatesView } from './views/GatesView';
import { LanesView } from './views/LanesView';
import { OverviewView } from './views/OverviewView';
import { RunView } from './views/RunView';
import { RunsView } from './views/RunsView';
import { StartView } from './views/StartView';

const views = [['lanes', 'Lanes'], ['runs', 'Runs'], ['gates', 'Gates'], ['overview', 'Overview'], ['app', 'App']] as const;

export function App() {
  const { path } = route.value;
  const place = path[0] ?? 'lanes';
  useEffect(() => {
    document.title = `${path[1] ?? views.find(([name]) => name === place)?.[1] ?? 'Preempt'} · Preempt`;
  }, [path.join('/')]);
  return <>
    <a class="skip" href="#content" onClick={event => { event.preventDefault(); document.getElementById('content')?.focus(); }}>Skip to the content</a>
    <header class="top">
      <a class="brand" href="#/lanes"><Logo /><span>Preempt</span></a>
      <nav aria-label="Views">
        {views.map(([name, title]) => <a key={name} href={href([name])} aria-current={place === name ? 'page' : undefined}>{title}</a>)}
      </nav>
      <div class="top-end">
        <Mode />
        <label class="check"><input type="checkbox" id="live" checked={isLive.value} onChange={event => { isLive.value = event.currentTarget.checked; }} /> Live</label>
        {canChangeZone
          ? <button type="button" class="quiet" id="zone" onClick={toggleZone} title="All times on this page are in this zone. Press to change it.">Times in {zone.value}</button>
          : <span class="mute" id="zone">Times in {zone.value}</span>}
        {hasKey() && !wantsKey.value ? <button type="button" class="quiet" id="forget" onClick={() => { setKey(''); location.reload(); }}>Forget the key</button> : null}
      </div>
    </header>
    <main id="content" tabIndex={-1}>
      <Down />
      {wantsKey.value ? <div class="notice problem" id="wants-key"><span role="alert">{hasKey() ? 'The app does not accept this API key. Enter another one.' : 'The app needs an API key.'}</span><KeyForm /></div> : null}
      <Notices />
      <View place={place} path={path} />
    </main>
    <Dialogs />
  </>;
}

function View({ place, path }: { place: string; path: string[] }) {
  switch (place) {
    case 'lanes': return <LanesView workflow={path[1]} />;
    case 'runs': return path[1] ? <RunView key={path[1]} id={path[1]} /> : <RunsView />;
    case 'gates': return <GatesView />;
    case 'overview': return <OverviewView />;
    case 'app': return <AppView />;
    case 'start': return <StartView key={path[1]} workflow={path[1]} />;
    default: return <p class="empty">There is no such view. <a href="#/lanes">Go to the lanes</a>.</p>;
  }
}

function Mode() {
  const status = useLive<AppStatus>('system/status', 5000).data.value;
  
  const word = !status ? '' : status.mode === 'Running' ? 'admits runs' : `${status.mode.toLowerCase()}: admits no runs`;
  return <span id="mode" role="status">{word ? <a href="#/app" class={`mode m-${status!.mode}`}>{word}</a> : null}</span>;
}

/** Said while the app does not answer; what is shown is older than that. */
function Down() {
  const since = downSince.value;
  return <div id="down" role="alert" class={since ? 'notice problem' : ''}>
    {since ? <span>The app has not responded since {exactTime(since)} ({duration(now.value - since)}). This page shows older data, and keeps trying.</span> : null}
  </div>;
}

function Logo() {
  return <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><rect x="2" y="5" width="11" height="5" rx="1.5" class="logo-old" /><rect x="11" y="14" width="11" height="5" rx="1.5" class="logo-new" /><path d="M13 7.5h1.5v9" class="logo-line" /></svg>;
}
