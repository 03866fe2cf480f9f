import type { z } from 'zod';
import { findEvent } from '@convene/contracts/catalogue';
import type { EventContract, EventOf } from '@convene/contracts/event';
import { envelopeOf } from '@convene/contracts/event';

/** A message that can never succeed: it goes to the dead letters at once, and the queue behind it goes on. */
export class PoisonMessageError extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'PoisonMessageError';
  }
}

export type AnyEvent = EventOf<EventContract>;

/** Reads the bodies of a queue that are not (only) event envelopes. */
export interface MessageParser {
  /** @throws PoisonMessageError when the body is none of them. */
  parse(body: Buffer): Promise<AnyEvent>;
}

const envelopes = new Map<string, z.ZodType>();

function schemaOf(contract: EventContract): z.ZodType {
  const known = envelopes.get(contract.type) ?? envelopeOf(contract);
  envelopes.set(contract.type, known);
  return known;
}

/** @throws PoisonMessageError with the defect of the body, without its content. */
export function parseEvent(body: Buffer): AnyEvent {
  const json = parseJson(body);
  const type = typeOf(json);
  const contract = findEvent(type);
  if (!contract) throw new PoisonMessageError(`Unknown event type ${type.slice(0, 80)}`);
  const result = schemaOf(contract).safeParse(json);
  if (result.success) return result.data as AnyEvent;
  const issues = result.error.issues.map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`);
  throw new PoisonMessageError(`Not a ${contract.type}: ${issues.join('; ')}`);
}

function typeOf(json: unknown): string {
  const type = typeof json === 'object' && json !== null && 'type' in json ? json.type : undefined;
  return typeof type === 'string' ? type : '(none)';
}

export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new PoisonMessageError('The body is not JSON');
  }
}

/** The body of a message. Fields outside of the contract are dropped here, so that they cannot leak. */
export function serializeEvent(event: AnyEvent): Buffer {
  return Buffer.from(JSON.stringify(event));
}
