import { Controller, Get, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ConveneError } from '@convene/contracts/errors';
import { openApiDocument } from '@convene/contracts/http/openapi';
import { Public } from '../auth/auth.guard';
import { type Asset, ASSETS, CONTENT_SECURITY_POLICY, PAGE_ASSET } from './swagger-ui';

const DOCUMENT = JSON.stringify(openApiDocument());
const CACHE = 'public, max-age=300';

/** The contract for programs, and for people. */
@Public()
@Controller()
export class ReferenceController {
  @Get('openapi.json')
  document(@Res() reply: FastifyReply) {
    return reply.headers({ 'cache-control': CACHE }).type('application/json; charset=utf-8').send(DOCUMENT);
  }

  @Get('reference')
  page(@Res() reply: FastifyReply) {
    return send(reply, PAGE_ASSET);
  }

  @Get('reference/:asset')
  asset(@Param('asset') name: string, @Res() reply: FastifyReply) {
    const asset = ASSETS.get(name);
    if (!asset) throw new ConveneError('ROUTE_NOT_FOUND');
    return send(reply, asset);
  }
}

function send(reply: FastifyReply, { type, content }: Asset) {
  const headers = { 'cache-control': CACHE, 'content-security-policy': CONTENT_SECURITY_POLICY };
  return reply.headers(headers).type(type).send(content);
}
