import { Injectable } from '@nestjs/common';
import type { Append } from '@convene/messaging/outbox/append';
import { Outbox } from '@convene/messaging/outbox/outbox';
import { PrismaService } from '@convene/prisma/prisma.service';
import { inTransaction, sqlIn, type Tx } from '@convene/prisma/transaction';

/** The outbox for use cases that write by Prisma's models: the paths where its price does not count. */
@Injectable()
export class ModelOutbox {
  constructor(
    private readonly prisma: PrismaService,
    private readonly outbox: Outbox,
  ) {}

  transaction<T>(work: (tx: Tx, append: Append) => Promise<T>): Promise<T> {
    return this.outbox.publishing((appendIn) => inTransaction(this.prisma, (tx) => work(tx, appendIn(sqlIn(tx)))));
  }
}
