import { ConveneError } from '@convene/contracts/errors';
import { Param, PipeTransform } from '@nestjs/common';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(value: string): boolean {
  return UUID.test(value);
}

/** What cannot be an id answers exactly like an id that does not exist. */
class IdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isUuid(value)) throw new ConveneError('NOT_FOUND');
    return value.toLowerCase();
  }
}

export const IdParam = (name = 'id') => Param(name, new IdPipe());
