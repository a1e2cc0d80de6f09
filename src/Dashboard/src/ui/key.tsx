import { setKey } from '../core/api';
import { refreshAll } from '../core/live';

/** Where a key is entered. It is kept until the tab is closed. */
export function KeyForm({ onSet }: { onSet?: () => void }) {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem('key') as HTMLInputElement;
    setKey(field.value);
    field.value = '';
    onSet?.();
    refreshAll();
  };
  return <form class="key" onSubmit={submit}>
    <label class="field"><span>API key</span><input name="key" type="password" autocomplete="off" required /></label>
    <button class="main">Use this key</button>
  </form>;
}
