interface Page {
  addEventListener?(event: string, listener: () => void): void;
  removeEventListener?(event: string, listener: () => void): void;
  readonly document?: { readonly visibilityState: string };
}

/** Calls `wake` when a browser is online again or its page is looked at; does nothing elsewhere. @returns what ends that. */
export function onWake(wake: () => void): () => void {
  const page = globalThis as Page;
  const shown = () => {
    if (page.document?.visibilityState === 'visible') wake();
  };
  page.addEventListener?.('online', wake);
  page.addEventListener?.('visibilitychange', shown);
  return () => {
    page.removeEventListener?.('online', wake);
    page.removeEventListener?.('visibilitychange', shown);
  };
}
