import { z } from 'zod';
import type { Verdict } from './verdict';

const Answer = z.object({ deliverable: z.boolean() });

/** Calls the operator's service for an address. @throws when its response is not valid */
export async function askProvider(url: string, email: string, signal: AbortSignal): Promise<Verdict> {
  const question = new URL(url);
  question.searchParams.set('email', email);
  const response = await fetch(question, { signal, redirect: 'error', headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`The service answered ${response.status}`);
  return Answer.parse(await response.json()).deliverable ? 'deliverable' : 'undeliverable';
}
