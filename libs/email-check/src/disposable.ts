import { blacklist } from 'mailchecker';

/** Whether addresses of this domain, or of one above it, are disposable. Looked up in a list, so it is immediate. */
export function isDisposable(domain: string): boolean {
  const labels = domain.split('.');
  return labels.some((_, index) => blacklist().has(labels.slice(index).join('.')));
}
