/** Takes up a form that was kept on this device, perhaps by an older version of this client. */

type Plain = Record<string, unknown>;

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The kept form where it has the shape of the empty one; what is missing or of another kind is as
 * the form begins. `models` says what the entries of a list by that name look like.
 */
export function takeUpForm<T extends object>(
  empty: T,
  kept: unknown,
  models: Readonly<Record<string, object>> = {},
): T {
  if (!isPlain(kept)) return empty;
  const entries = Object.entries(empty).map(([key, begun]: [string, unknown]) => {
    const value = kept[key];
    const model = models[key];
    if (Array.isArray(begun)) {
      const list = Array.isArray(value) && model ? value.filter(isPlain) : undefined;
      return [key, list ? list.map((entry) => takeUpForm(model ?? {}, entry)) : begun];
    }
    if (isPlain(begun)) return [key, takeUpForm(begun, value, models)];
    return [key, typeof value === typeof begun ? value : begun];
  });
  return Object.fromEntries(entries) as T;
}
