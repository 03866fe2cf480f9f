import type { PushSubscriptionView } from '@convene/contracts/http/me';

export interface SubscriptionRow {
  readonly id: string;
  readonly endpoint: string;
  readonly createdAt: Date;
}

/** Without keys: they are for the browser and for who pushes. */
export function toSubscriptionView({ id, endpoint, createdAt }: SubscriptionRow): PushSubscriptionView {
  return { id, endpoint, createdAt: createdAt.toISOString() };
}
