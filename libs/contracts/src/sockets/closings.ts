interface Closing {
  readonly reason: string;
  /** Whether a reconnect can succeed. */
  readonly reconnect: boolean;
  /** What the client does next. */
  readonly remedy: string;
}

/** Why the server ends a connection: the `code` of `session.closing`, the last frame before the end. */
export const CLOSINGS = {
  SESSION_REVOKED: {
    reason: 'The session has ended; log in again',
    reconnect: false,
    remedy: 'The session ended by a logout, a new password or the deletion of the account: show the login.',
  },
  TOKEN_EXPIRED: {
    reason: 'The access token has expired; refresh it and connect again',
    reconnect: true,
    remedy: 'Refresh the token, connect and resume. Sending `session.renew` in time avoids it.',
  },
  GOING_AWAY: {
    reason: 'This node is shutting down; connect again',
    reconnect: true,
    remedy: 'Connect again after `retryAfterMs`, which differs per client, and resume.',
  },
  UNAVAILABLE: {
    reason: 'The inbox cannot be read at the moment',
    reconnect: true,
    remedy: 'Connect again after `retryAfterMs`.',
  },
  SLOW_CONSUMER: {
    reason: 'Frames are not read as fast as they come; connect again and resume',
    reconnect: true,
    remedy: 'Nothing is lost: connect again after `retryAfterMs` and resume from the last `seq` that arrived.',
  },
  RATE_LIMITED: {
    reason: 'Far more events than the limits allow',
    reconnect: true,
    remedy: 'Find the cause of the traffic. Connect again after `retryAfterMs`; heed `retryAfterMs` of refused events.',
  },
  INBOX_RESTARTED: {
    reason: 'The inbox went back (a backup was restored, or a failover lost its end): start from the HTTP list',
    reconnect: true,
    remedy: 'Connect without `lastSeq` after `retryAfterMs`, and read the inbox from `GET /v1/notifications`.',
  },
} as const satisfies Record<string, Closing>;

export type ClosingCode = keyof typeof CLOSINGS;
