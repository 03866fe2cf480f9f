import type { z } from 'zod';
import { findEvent } from '@convene/contracts/catalogue';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

export interface Impersonal {
  readonly facts: Record<string, unknown>;
  /** The names of the other fields. */
  readonly leftOut: string[];
}

/**
 * What of an event's payload can be no name, address or text of a person: ids, times, numbers, flags, and texts of which the
 * contract lists the choices. Whatever else it has is named only.
 */
export function impersonal(type: string, payload: unknown): Impersonal {
  const { shape } = (findEvent(type)?.payload ?? {}) as { shape?: Readonly<Record<string, z.core.$ZodType>> };
  const fields = Object.entries(typeof payload === 'object' && payload !== null ? payload : {});
  const isFact = ([name, value]: [string, unknown]) => isImpersonal(value) || isChoice(shape?.[name]);
  return {
    facts: Object.fromEntries(fields.filter(isFact)),
    leftOut: fields.filter((field) => !isFact(field)).map(([name]) => name),
  };
}

function isImpersonal(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isImpersonal);
  if (typeof value === 'string') return ID.test(value) || TIME.test(value);
  return value === null || typeof value === 'number' || typeof value === 'boolean';
}

/** An enumeration or a literal, also one that may be absent or null. */
function isChoice(field: z.core.$ZodType | undefined): boolean {
  if (!field) return false;
  const { def } = field._zod;
  if ('innerType' in def) return isChoice(def.innerType as z.core.$ZodType);
  return def.type === 'enum' || def.type === 'literal';
}
