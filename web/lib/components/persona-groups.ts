/** The local world's people in groups, by what they are there. */

const GROUPS = [
  { id: 'banks', title: 'Banks', roles: ['bank'] },
  { id: 'businesses', title: 'Businesses', roles: ['business'] },
  { id: 'investors', title: 'Investors', roles: ['investor'] },
  { id: 'named', title: 'Named in contracts', roles: ['arbiter', 'trustee', 'backup servicer'] },
] as const;

/** A group with those in it. */
export interface PersonaGroup<T> {
  readonly id: string;
  readonly title: string;
  readonly members: readonly T[];
}

/** People by group, in the order groups are shown; nobody is in an empty one. */
export function inGroups<T>(all: readonly T[], roleOf: (one: T) => string): PersonaGroup<T>[] {
  return GROUPS.map(({ id, title, roles }) => {
    const isOf = (one: T): boolean => roles.some((role) => role === roleOf(one));
    return { id, title, members: all.filter(isOf) };
  }).filter(({ members }) => members.length > 0);
}
