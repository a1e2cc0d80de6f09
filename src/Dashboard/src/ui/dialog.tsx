import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { isKeyError } from '../core/api';
import { refreshAll } from '../core/live';
import { KeyForm } from './key';

/** What is asked before something is done. */
export interface Question {
  title: string;
  /** What will happen. */
  body: ComponentChildren;
  /** The word on the button that does it. */
  verb: string;
  isDangerous?: boolean;
  /** Does it; what it throws is shown, and the question stays. The form has the values of the fields in the body. */
  run: (form: FormData) => Promise<void>;
}

const question = signal<Question | null>(null);

export function ask(next: Question): void {
  question.value = next;
}

/** The question that is open; the browser keeps the focus in it, and Escape closes it. */
export function Dialogs() {
  const open = question.value;
  return open ? <QuestionDialog key={open.title} question={open} /> : null;
}

function QuestionDialog({ question: { title, body, verb, isDangerous, run } }: { question: Question }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [error, setError] = useState<Error | null>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => { if (before instanceof HTMLElement && before.isConnected) before.focus(); };
  }, []);
  const close = (): void => { question.value = null; };
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setError(null);
    try {
      await run(new FormData(event.currentTarget as HTMLFormElement));
      close();
      refreshAll();
    } catch (failed) {
      setError(failed as Error);
    } finally {
      setBusy(false);
    }
  };
  return <dialog ref={dialog} aria-labelledby="dialog-title" onClose={close}>
    <form method="dialog" id="dialog-form" onSubmit={event => void submit(event)}>
      <h2 id="dialog-title">{title}</h2>
      <div class="dialog-body">{body}</div>
      {error ? <p class="problem" role="alert" id="dialog-error">{error.message}</p> : null}
    </form>
    {isKeyError(error) ? <KeyForm onSet={() => setError(null)} /> : null}
    <div class="dialog-foot">
      <button type="button" onClick={close}>Close</button>
      <button type="submit" form="dialog-form" class={isDangerous ? 'danger' : 'main'} disabled={isBusy} id="dialog-go">{verb}</button>
    </div>
  </dialog>;
}
