import { Global, Module } from '@nestjs/common';
import { PrismaService } from './prisma.service';

/**
 * Prisma's models, for a process that uses them: loading their engine costs 90 MB and 1.8 s of CPU. Needs the global
 * DatabaseModule.
 */
@Global()
@Module({ providers: [PrismaService], exports: [PrismaService] })
export class PrismaModule {}
