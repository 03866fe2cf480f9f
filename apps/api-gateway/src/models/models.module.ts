import { Global, Module } from '@nestjs/common';
import { PrismaModule } from '@convene/prisma/prisma.module';
import { ModelOutbox } from './model-outbox';

@Global()
@Module({ imports: [PrismaModule], providers: [ModelOutbox], exports: [ModelOutbox] })
export class ModelsModule {}
