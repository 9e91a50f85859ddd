/**
 * Reminders by the browser while this client is open, also in the background: only where the
 * person asked for them and the browser allows it, each once for each stage. Kept on this device.
 */
import type { CaseReminder } from './views/case-reminders.ts';

/** Whether the browser reminds; `blocked` where it was told not to. */
export type Reminding = 'on' | 'off' | 'blocked' | 'impossible';

const keyOf = (publicKey: string): string => `realyield.reminders.${publicKey}`;
/** So many things already said are remembered. */
const MOST_SAID = 200;

interface Kept {
  readonly on: boolean;
  readonly said: readonly string[];
}

function keptOf(publicKey: string): Kept {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(publicKey)) ?? '{}') as Partial<Kept>;
    const said = Array.isArray(kept.said)
      ? kept.said.filter((each) => typeof each === 'string')
      : [];
    return { on: kept.on === true, said };
  } catch {
    return { on: false, said: [] };
  }
}

function keep(publicKey: string, kept: Kept): void {
  try {
    localStorage.setItem(keyOf(publicKey), JSON.stringify(kept));
  } catch {
    // Storage is closed to us: they are asked again next time.
  }
}

/** Whether this browser reminds somebody. */
export function remindingOf(publicKey: string): Reminding {
  if (typeof Notification === 'undefined') return 'impossible';
  if (Notification.permission === 'denied') return 'blocked';
  return keptOf(publicKey).on && Notification.permission === 'granted' ? 'on' : 'off';
}

/** Begins to remind, if the browser allows it, or ends it. */
export async function setReminding(publicKey: string, on: boolean): Promise<Reminding> {
  if (typeof Notification === 'undefined') return 'impossible';
  const allowed = on && (await Notification.requestPermission()) === 'granted';
  keep(publicKey, { ...keptOf(publicKey), on: allowed });
  return remindingOf(publicKey);
}

/** What has not been said yet of what is soon due or over. */
export function unsaid(
  reminders: readonly CaseReminder[],
  said: readonly string[],
): readonly { readonly name: string; readonly reminder: CaseReminder }[] {
  return reminders
    .filter(({ stage }) => stage !== 'calm')
    .map((reminder) => ({ name: `${reminder.key} ${reminder.stage}`, reminder }))
    .filter(({ name }) => !said.includes(name));
}

async function show({ sentence, left, key, href }: CaseReminder): Promise<void> {
  const options = { body: `${sentence}: ${left}.`, tag: key, data: { href } };
  // Phones show them through the service worker alone.
  const worker =
    'serviceWorker' in navigator ? await navigator.serviceWorker.getRegistration() : undefined;
  if (worker) await worker.showNotification('A case of yours', options);
  else new Notification('A case of yours', options);
}

/** Says what was not said yet, where somebody asked to be reminded. */
export function remind(publicKey: string, reminders: readonly CaseReminder[]): void {
  if (remindingOf(publicKey) !== 'on') return;
  const { said } = keptOf(publicKey);
  const fresh = unsaid(reminders, said);
  if (fresh.length === 0) return;
  const all = [...said, ...fresh.map(({ name }) => name)].slice(-MOST_SAID);
  keep(publicKey, { on: true, said: all });
  for (const { reminder } of fresh) void show(reminder).catch(() => undefined);
}
