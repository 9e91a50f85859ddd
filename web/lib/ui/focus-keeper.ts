/**
 * Keeps the keyboard's place. A button that does its work often takes itself away (“Countersign”
 * and its whole notice), or is closed while it works; the browser then puts the focus on the page,
 * where a key does nothing and a screen reader says nothing. Here it goes back to where it was, or
 * to the heading of what is left around it.
 */

/** Elements the place was in, from the inside out. */
function placesOf(element: Element): readonly Element[] {
  const places: Element[] = [];
  for (let at: Element | null = element; at; at = at.parentElement) places.push(at);
  return places;
}

function isUsable(element: Element): element is HTMLElement {
  return (
    element instanceof HTMLElement &&
    element.isConnected &&
    element.checkVisibility() &&
    !element.matches(':disabled')
  );
}

/** Puts the focus on something that is no control; whatever has one already keeps its tabindex. */
export function focusOn(element: HTMLElement, options?: FocusOptions): void {
  if (!element.hasAttribute('tabindex')) element.tabIndex = -1;
  element.focus(options);
}

/** The heading of what is left of where the focus was. */
function nextTo(places: readonly Element[]): HTMLElement | undefined {
  for (const place of places) {
    if (!place.isConnected || place === document.body) continue;
    const heading = [...place.querySelectorAll('h1, h2, h3')].find(isUsable);
    if (heading) return heading;
  }
  return undefined;
}

/** Begins to keep the place, for those who use the keyboard; yields what ends it. */
export function keepFocus(): () => void {
  let places: readonly Element[] = [];
  const took = ({ target }: FocusEvent): void => {
    if (target instanceof Element && target !== document.body) places = placesOf(target);
  };
  // Whoever points has their place under the pointer, and must not be moved.
  const pointed = (): void => {
    places = [];
  };
  const look = (): void => {
    const [last] = places;
    const isLost = document.activeElement === document.body || document.activeElement === null;
    if (!last || !isLost) return;
    if (isUsable(last)) last.focus();
    // One that is closed for a while is waited for.
    else if (!last.isConnected || !last.checkVisibility()) {
      const heading = nextTo(places);
      if (heading) focusOn(heading);
    }
  };
  // Later: in the middle of a dialog's closing the focus is on its way back, and on nothing.
  let timer: ReturnType<typeof setTimeout> | undefined;
  const observer = new MutationObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(look);
  });
  observer.observe(document.body, {
    childList: true,
    subtree: true,
    attributeFilter: ['disabled', 'hidden', 'open'],
  });
  document.addEventListener('focusin', took);
  document.addEventListener('pointerdown', pointed);
  return () => {
    observer.disconnect();
    clearTimeout(timer);
    document.removeEventListener('focusin', took);
    document.removeEventListener('pointerdown', pointed);
  };
}
