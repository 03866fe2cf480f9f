import { Global, Module } from '@nestjs/common';
import { KeyStore } from './key-store';

/** Global: Nest creates the interceptor in the module of each controller that has a POST. */
@Global()
@Module({ providers: [KeyStore], exports: [KeyStore] })
export class IdempotencyModule {}
