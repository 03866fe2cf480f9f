/** Ends sessions as the api-gateway does, which provides it: with their events, and in effect at every gateway at once. */
export abstract class SessionRevoker {
  /** @returns the number of sessions that ended. */
  abstract revokeAll(userId: string): Promise<number>;
}
