import { Controller, Header, Inject } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { ReadSecurityTxt } from '@convene/contracts/http/routes/operations';
import { ENV, type Env } from '../env';
import { Handles } from '../idempotency/handles';

/** RFC 9116: where a finder of a vulnerability reports it. */
@Controller()
export class SecurityTxtController {
  constructor(@Inject(ENV) private readonly env: Env) {}

  @Handles(ReadSecurityTxt)
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', 'public, max-age=300')
  read(): string {
    const { SECURITY_CONTACT: contacts, SECURITY_CONTACT_EXPIRES: expires } = this.env;
    if (contacts.length === 0 || expires === undefined) throw new ConveneError('NOT_FOUND');
    // Contacts in order of preference.
    const fields = [...contacts.map((contact) => `Contact: ${contact}`), `Expires: ${expires.toISOString()}`];
    return [...fields, 'Preferred-Languages: en', ''].join('\n');
  }
}
