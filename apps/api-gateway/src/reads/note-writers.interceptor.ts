import { CallHandler, ExecutionContext, Inject, Injectable, NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { from, mergeMap, type Observable } from 'rxjs';
import { callerOf } from '@convene/http/caller';
import { ENV, type Env } from '../env';
import { RecentWriters } from './recent-writers';

/** Records each user who changes something, before the answer. Free without a replica. */
@Injectable()
export class NoteWriters implements NestInterceptor {
  private readonly needed: boolean;

  constructor(
    private readonly writers: RecentWriters,
    @Inject(ENV) { DATABASE_READ_REPLICA_URL }: Env,
  ) {
    this.needed = DATABASE_READ_REPLICA_URL !== undefined;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const caller = callerOf(request);
    if (!this.needed || !caller || request.method === 'GET') return next.handle();
    return next
      .handle()
      .pipe(mergeMap((answer) => from(this.writers.add(caller.userId).then(() => answer as unknown))));
  }
}
