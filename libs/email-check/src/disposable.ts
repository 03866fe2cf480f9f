import { blacklist } from 'mailchecker';

/** Whether addresses of this domain, or of one above it, are made to be thrown away. Known by list, so never a wait. */
export function isDisposable(domain: string): boolean {
  const labels = domain.split('.');
  return labels.some((_, index) => blacklist().has(labels.slice(index).join('.')));
}
