interface ErrorContract {
  readonly status: number;
  readonly title: string;
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean;
  /** What the caller can do. */
  readonly remedy: string;
}

/** Every code an answer may carry, over HTTP (RFC 9457) and in socket acknowledgements. */
export const ERRORS = {
  VALIDATION_FAILED: {
    status: 422,
    title: 'The request does not have the expected shape',
    retryable: false,
    remedy: 'Correct the fields that `errors` names; each message says what is expected.',
  },
  MALFORMED_JSON: {
    status: 400,
    title: 'The body is not valid JSON',
    retryable: false,
    remedy: 'Send well-formed JSON in UTF-8.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The body must be application/json',
    retryable: false,
    remedy: 'Send `Content-Type: application/json`.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    retryable: false,
    remedy: 'Send less at once: a body may have 64 KiB.',
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    title: 'There is no such route',
    retryable: false,
    remedy: 'Look the path and the method up in `/openapi.json`.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'There is no such thing, or it is not yours to see',
    retryable: false,
    remedy: 'Check the id. What belongs to others answers exactly like what does not exist.',
  },
  UNAUTHENTICATED: {
    status: 401,
    title: 'A valid access token is needed',
    retryable: false,
    remedy: 'Log in, then send the cookie or `Authorization: Bearer`.',
  },
  TOKEN_EXPIRED: {
    status: 401,
    title: 'The access token has expired; refresh it',
    retryable: false,
    remedy: 'Call `POST /v1/auth/refresh`, then repeat the request.',
  },
  SESSION_REVOKED: {
    status: 401,
    title: 'The session has ended; log in again',
    retryable: false,
    remedy: 'Log in again: this session was logged out, or its refresh token was used twice.',
  },
  REFRESH_INVALID: {
    status: 401,
    title: 'The refresh token is not valid; log in again',
    retryable: false,
    remedy: 'Log in again.',
  },
  INVALID_CREDENTIALS: {
    status: 401,
    title: 'E-mail or password is wrong',
    retryable: false,
    remedy: 'Correct them, or reset the password.',
  },
  PASSWORD_EASY_TO_GUESS: {
    status: 422,
    title: 'The password is easy to guess',
    retryable: false,
    remedy: 'Choose another, such as several unrelated words: not a common one, and not your own address or name.',
  },
  PASSWORD_WRONG: {
    status: 403,
    title: 'The current password is wrong',
    retryable: false,
    remedy: 'Give the password that the account has now.',
  },
  PASSWORD_REQUIRED: {
    status: 403,
    title: 'The link alone is not enough: log in, or give the password too',
    retryable: false,
    remedy:
      'Repeat the request in a session of the account, or with `password`. If the password is unknown, set a new one ' +
      '(`POST /v1/auth/password/forgot`), which verifies the address too.',
  },
  FORBIDDEN: {
    status: 403,
    title: 'Your role does not allow this',
    retryable: false,
    remedy: 'Ask an owner or admin of the company.',
  },
  ORIGIN_NOT_ALLOWED: {
    status: 403,
    title: 'Requests from this Origin are not accepted',
    retryable: false,
    remedy: 'Call from an Origin that the operator allows (API_CORS_ORIGIN), or with a bearer token.',
  },
  EMAIL_NOT_VERIFIED: {
    status: 403,
    title: 'Verify your e-mail address first',
    retryable: false,
    remedy: 'Follow the link in the mail, or ask for another: `POST /v1/auth/verify-email/resend`.',
  },
  EMAIL_UNDELIVERABLE: {
    status: 422,
    title: 'That address cannot receive mail',
    retryable: false,
    remedy: 'Correct the address; disposable ones are not accepted.',
  },
  TOKEN_INVALID: {
    status: 410,
    title: 'The link is not valid any more; ask for a new one',
    retryable: false,
    remedy: 'Ask for a new mail: a newer link, its use or its expiry ends the one before.',
  },
  EMAIL_IN_USE: {
    status: 409,
    title: 'Another account has that address by now',
    retryable: false,
    remedy:
      'Take that account over with a new password (`POST /v1/auth/password/forgot`), delete it or give it another address, ' +
      'then follow the link again.',
  },
  ALREADY_MEMBER: {
    status: 409,
    title: 'That person is already a member',
    retryable: false,
    remedy: 'No action is needed.',
  },
  LAST_OWNER: {
    status: 409,
    title: 'A company cannot be without an owner',
    retryable: false,
    remedy: 'Transfer the ownership first: `POST /v1/companies/{id}/ownership`; or delete the company.',
  },
  OWNER_OF_COMPANIES: {
    status: 409,
    title: 'You are the only owner of companies',
    retryable: false,
    remedy: 'Transfer or delete each company that `errors` names, then repeat the request.',
  },
  MEMBER_LIMIT_REACHED: {
    status: 409,
    title: 'The company has as many members as it may',
    retryable: false,
    remedy: 'Remove a member, or ask the operator for a higher limit.',
  },
  INVITE_LIMIT_REACHED: {
    status: 409,
    title: 'The company has as many pending invites as it may',
    retryable: false,
    remedy: 'Withdraw some, or wait until they are answered or expire.',
  },
  INVITE_ALREADY_PENDING: {
    status: 409,
    title: 'That address has a pending invite already',
    retryable: false,
    remedy: 'Send it again instead: `POST …/invites/{inviteId}/resend`.',
  },
  INVITE_USED: {
    status: 409,
    title: 'The invite has been answered already',
    retryable: false,
    remedy: 'Ask for a new one.',
  },
  INVITE_REVOKED: {
    status: 410,
    title: 'The invite was withdrawn',
    retryable: false,
    remedy: 'Ask for a new one.',
  },
  INVITE_EXPIRED: {
    status: 410,
    title: 'The invite has expired; ask for a new one',
    retryable: false,
    remedy: 'Ask for it to be sent again.',
  },
  INVITE_EMAIL_MISMATCH: {
    status: 403,
    title: 'The invite is for another address',
    retryable: false,
    remedy: 'Log in as the person it is for, or ask for one to your address.',
  },
  JOIN_REQUEST_PENDING: {
    status: 409,
    title: 'You have asked to join already',
    retryable: false,
    remedy: 'Wait for the answer of an owner or admin.',
  },
  JOIN_REQUEST_DECIDED: {
    status: 409,
    title: 'The request to join has been answered already',
    retryable: false,
    remedy: 'No action is needed.',
  },
  NOT_YOURSELF: {
    status: 422,
    title: 'That cannot be done with yourself',
    retryable: false,
    remedy: 'Give the id of another user.',
  },
  FRIENDSHIP_EXISTS: {
    status: 409,
    title: 'There is a friendship or a request of one already',
    retryable: false,
    remedy: 'Look it up: `GET /v1/friendships?state=accepted`, `incoming` or `outgoing`.',
  },
  BLOCKED_BY_YOU: {
    status: 409,
    title: 'You have blocked that person',
    retryable: false,
    remedy: 'Lift the block first: `DELETE /v1/friendships/{id}/block`.',
  },
  REPLY_NOT_POSSIBLE: {
    status: 409,
    title: 'Only messages can be replied to',
    retryable: false,
    remedy: 'Reply to a notification with the code MESSAGE or REPLY whose sender still has an account.',
  },
  PREFERENCE_FIXED: {
    status: 422,
    title: 'That type of notification cannot be switched off',
    retryable: false,
    remedy: 'Leave out what `GET /v1/me/preferences` marks as `fixed`.',
  },
  WEB_PUSH_NOT_CONFIGURED: {
    status: 501,
    title: 'Web push is not configured here',
    retryable: false,
    remedy: 'The operator sets VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    title: 'That Idempotency-Key was used for another request',
    retryable: false,
    remedy: 'Use a new key for a new request; repeat a request with the same method, path and body.',
  },
  IDEMPOTENCY_IN_PROGRESS: {
    status: 409,
    title: 'The request with that Idempotency-Key is still being worked on',
    retryable: true,
    remedy: 'Repeat the same request later: it will get the answer of the first.',
  },
  CURSOR_INVALID: {
    status: 422,
    title: 'The cursor is not one this list gave',
    retryable: false,
    remedy: 'Begin without a cursor, and pass on `nextCursor` as it is.',
  },
  UNKNOWN_EVENT: {
    status: 404,
    title: 'There is no such event',
    retryable: false,
    remedy: 'Over a socket: look the name up in `/asyncapi.json` of the ws-gateway.',
  },
  WATCH_LIMIT_REACHED: {
    status: 409,
    title: 'Too many companies are watched on this connection',
    retryable: false,
    remedy: 'Send `presence.unwatch` for one that is no longer on the screen.',
  },
  TOO_MANY_CONNECTIONS: {
    status: 429,
    title: 'Too many connections of this user, or from this address',
    retryable: true,
    remedy: 'Close connections that are not needed, and try again after `retryAfterMs`.',
  },
  RATE_LIMITED: {
    status: 429,
    title: 'Too many requests',
    retryable: true,
    remedy: 'Wait for `Retry-After` seconds. `RateLimit` says what is left.',
  },
  UNAVAILABLE: {
    status: 503,
    title: 'A needed service does not answer',
    retryable: true,
    remedy: 'Repeat the request after `Retry-After` seconds; with an Idempotency-Key it is done once.',
  },
  OVERLOADED: {
    status: 503,
    title: 'More requests arrive than can be answered in time',
    retryable: true,
    remedy: 'Repeat the request after `Retry-After` seconds. It was refused before anything was done.',
  },
  INTERNAL: {
    status: 500,
    title: 'Something went wrong on our side',
    retryable: true,
    remedy: 'Report it with the `traceId`.',
  },
} as const satisfies Record<string, ErrorContract>;

export type ErrorCode = keyof typeof ERRORS;
