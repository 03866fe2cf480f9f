import type { Principal } from '@convene/auth/access-token-verifier';
import { Controller, Get } from '@nestjs/common';
import { Caller } from '../auth/auth.guard';
import { ReadMe } from './read-me';

@Controller('me')
export class MeController {
  constructor(private readonly readMe: ReadMe) {}

  @Get()
  me(@Caller() { userId }: Principal) {
    return this.readMe.execute(userId);
  }
}
