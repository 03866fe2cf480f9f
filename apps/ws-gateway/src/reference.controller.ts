import { Controller, Get, Header } from '@nestjs/common';
import { asyncApiDocument } from '@convene/contracts/sockets/asyncapi';

const DOCUMENT = JSON.stringify(asyncApiDocument());

/** The contract of the socket, for programs. */
@Controller()
export class ReferenceController {
  @Get('asyncapi.json')
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('cache-control', 'public, max-age=300')
  document() {
    return DOCUMENT;
  }
}
