/** One PUT whose sending can be followed, in a browser and in Node. */

/** What is sent, and where. */
export interface PutOrder {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly signal: AbortSignal;
  /** So many bytes have left. */
  readonly onSent: (bytes: number) => void;
}

/** What came back. */
export interface PutReply {
  readonly status: number;
  /** The answer, as far as it is short. */
  readonly text: string;
}

/** The longest answer that is read, bytes. */
const MOST_ANSWER = 65_536;

/** Sends; undefined where no answer came, one from elsewhere, or one without end. */
export function put(order: PutOrder): Promise<PutReply | undefined> {
  return typeof XMLHttpRequest === 'undefined' ? byFetch(order) : byRequest(order);
}

/**
 * Rejects when the signal ends first. Node's fetch stops listening to its signal once memory has
 * been cleared, and would wait for ever.
 */
export function orAborted<T>(signal: AbortSignal, waiting: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(new DOMException('ended', 'AbortError'));
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    waiting.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}

/** Only XMLHttpRequest says in all browsers how much has been sent. */
function byRequest(order: PutOrder): Promise<PutReply | undefined> {
  const { url, headers, body, signal, onSent } = order;
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const abort = (): void => {
      request.abort();
    };
    request.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => {
      onSent(loaded);
    };
    request.onprogress = ({ loaded }) => {
      if (loaded > MOST_ANSWER) abort();
    };
    request.onloadend = () => {
      signal.removeEventListener('abort', abort);
      const { status, responseText: text } = request;
      // It follows redirects without asking; what another address says does not count.
      const isFromThere = request.responseURL === url && text.length <= MOST_ANSWER;
      resolve(status > 0 && isFromThere ? { status, text } : undefined);
    };
    signal.addEventListener('abort', abort);
    if (signal.aborted) resolve(undefined);
    else request.send(body);
  });
}

async function byFetch(order: PutOrder): Promise<PutReply | undefined> {
  const { url, headers, body, signal, onSent } = order;
  try {
    const init = { method: 'PUT', headers, body, signal, redirect: 'error' } as const;
    const response = await orAborted(signal, fetch(url, init));
    onSent(body.length);
    let text = '';
    const decoder = new TextDecoder();
    const reader = response.body?.getReader();
    for (;;) {
      const read = reader && (await orAborted(signal, reader.read()));
      if (!read || read.done) return { status: response.status, text };
      text += decoder.decode(read.value, { stream: true });
      if (text.length <= MOST_ANSWER) continue;
      await reader.cancel();
      return undefined;
    }
  } catch {
    return undefined;
  }
}
