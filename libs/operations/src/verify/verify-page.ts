import { Injectable } from '@nestjs/common';
import type { VerificationPage, VerifyQuery } from '@convene/contracts/ops/verification';
import { eventsPage } from './events-page';
import { inboxesPage } from './inboxes-page';
import { VerifySource } from './verify-source';

@Injectable()
export class VerifyPage {
  constructor(private readonly source: VerifySource) {}

  /** One page of a verification; it changes nothing. The caller goes on from `next`, at its own pace. */
  async execute(query: VerifyQuery): Promise<VerificationPage> {
    const page = query.check === 'events' ? eventsPage : inboxesPage;
    const { source, result } = await this.source.read((tx) => page(tx, query));
    return { source, ...result, defects: [...result.defects] };
  }
}
