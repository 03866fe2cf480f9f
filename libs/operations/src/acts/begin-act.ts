import { Injectable } from '@nestjs/common';
import type { ActView } from '@convene/contracts/ops/acts';
import type { BeginActBody } from '@convene/contracts/ops/dead-letters';
import type { Operator } from '../identity/operator-tokens';
import { ActLog } from './act-log';
import { ActRunner } from './act-runner';
import { ActStore } from './act-store';

@Injectable()
export class BeginAct {
  constructor(
    private readonly acts: ActLog,
    private readonly store: ActStore,
    private readonly runner: ActRunner,
  ) {}

  /**
   * Begins to replay or discard the dead reactions of this moment that a filter names. Those that a running act has taken down are not
   * taken down again, so that a second click changes nothing.
   */
  async execute(
    operator: Operator,
    command: 'dlq replay' | 'dlq discard',
    { filter, rate, reason }: BeginActBody,
  ): Promise<ActView> {
    const act = await this.acts.begin({ operator, command, filter, reason }, rate, (tx, id) =>
      this.store.plan(tx, id, filter),
    );
    this.runner.wake();
    return act;
  }
}
