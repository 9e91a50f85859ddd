/** Cases that count towards a record, their contracts followed while a component shows it. */
import type { JudgedCase } from '@realyield/protocol';
import { caseIds, judgedCases, rootsToRead, type CasesOf } from '../engine/cases/records.ts';
import type { App } from './app.svelte.ts';

/** What is known of them. */
export interface FollowedCases {
  /** All of them, also those that do not count. */
  readonly ids: readonly string[];
  /** Those that count. */
  readonly judged: readonly JudgedCase[];
  /** Whether their contracts have been read whole; before that no record is shown. */
  readonly isRead: boolean;
}

/** Follows them; to be called while a component begins. */
export function followCases(app: App, of: () => CasesOf): FollowedCases {
  const catalog = $derived(app.version >= 0 ? app.catalog : undefined);
  const ids = $derived(catalog && app.version >= 0 ? caseIds(catalog, of()) : []);
  // As text: the same contracts are not followed anew whenever something else has come.
  const text = $derived(catalog ? rootsToRead(catalog, ids).join() : '');
  const roots = $derived(text === '' ? [] : text.split(','));
  $effect(() => {
    const stops = roots.map((root) => app.catalog?.watch(root));
    return () => {
      for (const stop of stops) stop?.();
    };
  });
  const judged = $derived(catalog && app.version >= 0 ? judgedCases(catalog, ids, of()) : []);
  const isRead = $derived(
    app.version >= 0 && roots.every((root) => app.catalog?.isWatchListed(root) === true),
  );
  return {
    get ids() {
      return ids;
    },
    get judged() {
      return judged;
    },
    get isRead() {
      return isRead;
    },
  };
}
