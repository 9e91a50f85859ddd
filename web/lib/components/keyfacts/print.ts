/** Prints one element on a page of its own, whatever else is on screen. */

const whenLoaded = (link: HTMLElement): Promise<void> =>
  new Promise((resolve) => {
    link.addEventListener('load', () => {
      resolve();
    });
    link.addEventListener('error', () => {
      resolve();
    });
  });

/** Copies an element with this page's styles into a frame that nobody sees, and prints that. */
export async function printAlone(element: HTMLElement, title: string): Promise<void> {
  const frame = document.createElement('iframe');
  frame.setAttribute('aria-hidden', 'true');
  frame.style.cssText = 'position: fixed; inline-size: 0; block-size: 0; border: 0';
  document.body.append(frame);
  const inner = frame.contentDocument;
  const view = frame.contentWindow;
  if (!inner || !view) {
    frame.remove();
    return;
  }
  inner.title = title;
  inner.documentElement.lang = 'en';
  const styles = [...document.querySelectorAll<HTMLElement>('link[rel=stylesheet], head > style')];
  const copies = styles.map((style) => inner.importNode(style, true));
  const links = copies.filter((copy) => copy.localName === 'link');
  const loaded = Promise.all(links.map(whenLoaded));
  inner.head.append(...copies);
  inner.body.append(inner.importNode(element, true));
  await loaded;
  view.addEventListener('afterprint', () => {
    frame.remove();
  });
  view.print();
}
