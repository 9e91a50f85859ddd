/** What relays do not show of a contract, in the words of its page. */
import type { GapsView, TimelineEventView } from '../../components/models.ts';
import type { Catalog } from '../../engine/catalog.ts';

/** A relay's address as people say it; one without encryption keeps its `ws://`. */
export function relayName(url: string): string {
  return url.replace(/^wss:\/\//, '').replace(/\/$/, '');
}

/** The gaps of a contract between relays, and what nobody showed. */
export function gapsView(
  catalog: Catalog,
  root: string,
  timeline: readonly TimelineEventView[],
): GapsView {
  const byId = new Map(timeline.map((event) => [event.id, event]));
  const gaps = catalog.gaps(root).map(({ url, shownBy, ids }) => {
    const events = ids.map((id) => byId.get(id)).filter((event) => event !== undefined);
    return {
      relay: relayName(url),
      shownBy: shownBy.map(relayName),
      count: ids.length,
      events,
      otherIds: ids.filter((id) => !byId.has(id)),
    };
  });
  const named = catalog.contract(root)?.fold.missing ?? [];
  return { compared: catalog.comparedRelays(root).map(relayName), gaps, named };
}
