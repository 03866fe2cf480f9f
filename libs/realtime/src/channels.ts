/** The one plain channel that carries every frame when the sharded adapter is off. */
export const PLAIN_CHANNEL = 'convene.frames';

/** First part of the adapter's channel names; the same for publishers and gateways, or they do not hear each other. */
export const CHANNEL_PREFIX = 'convene';
