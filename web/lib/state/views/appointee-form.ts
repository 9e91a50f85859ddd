/** Who serves an offer's contracts beside the bank, as typed: each by public key, or nobody. */
import { APPOINTEE_ROLES, type AppointeeRole, type OfferDocument } from '@realyield/protocol';
import type { FieldReader } from './read-fields.ts';

/** Appointees, as typed; empty where nobody is named. */
export type AppointeeForm = Record<AppointeeRole | 'silenceDays', string>;

/** A form that names nobody. */
export function emptyAppointeeForm(): AppointeeForm {
  return { arbiter: '', fallbackArbiter: '', trustee: '', backupServicer: '', silenceDays: '30' };
}

/** Who is named, and after how many days of the bank's silence its backup may act. */
export function readAppointees(
  form: AppointeeForm,
  parties: readonly string[],
  read: FieldReader,
): Pick<OfferDocument, 'appointees' | 'silenceDays'> {
  const named = APPOINTEE_ROLES.filter((role) => form[role].trim() !== '');
  const entries = named.map((role) => {
    const path = `appointees.${role}`;
    const key = read.key(path, form[role], 'Paste a public key, or leave it empty.');
    if (parties.includes(key)) read.wrong(path, 'Neither the bank nor the business can be named.');
    return [role, key] as const;
  });
  const judges = entries.filter(([role]) => role !== 'backupServicer');
  for (const [role, key] of judges) {
    const isTwice = judges.some(([other, same]) => other !== role && same === key && key !== '');
    if (isTwice) read.wrong(`appointees.${role}`, 'Name another key for each.');
  }
  const hasBackup = named.includes('backupServicer');
  const silenceDays = hasBackup
    ? read.count('appointees.silenceDays', form.silenceDays, {
        least: 1,
        most: 3_650,
        sentence: 'Write after how many days without a sign of the bank, 1 to 3650.',
      })
    : undefined;
  return {
    ...(entries.length === 0 ? {} : { appointees: Object.fromEntries(entries) }),
    ...(silenceDays === undefined ? {} : { silenceDays }),
  };
}
