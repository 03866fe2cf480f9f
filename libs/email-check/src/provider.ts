import { z } from 'zod';
import type { Verdict } from './verdict';

const Answer = z.object({ deliverable: z.boolean() });

/** What the operator's service says of an address. @throws when it says nothing that can be understood */
export async function askProvider(url: string, email: string, signal: AbortSignal): Promise<Verdict> {
  const question = new URL(url);
  question.searchParams.set('email', email);
  const response = await fetch(question, { signal, redirect: 'error', headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`The service answered ${response.status}`);
  return Answer.parse(await response.json()).deliverable ? 'deliverable' : 'undeliverable';
}
