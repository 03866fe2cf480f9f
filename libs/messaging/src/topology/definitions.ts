import type { Options } from 'amqplib';
import { declareQueues, type Declarer, declareRetryLevels } from './declare';
import { BROKER_USERS, permissionsOf } from './permissions';
import type { RetryPolicy } from './retry-levels';

type Arguments = Record<string, unknown>;

/** What RabbitMQ imports (`rabbitmqctl import_definitions`): it adds what is missing, and removes nothing. */
export interface Definitions {
  readonly vhosts: readonly { name: string }[];
  readonly permissions: readonly { user: string; vhost: string; configure: string; write: string; read: string }[];
  readonly exchanges: readonly { name: string; vhost: string; type: string; arguments: Arguments }[];
  readonly queues: readonly { name: string; vhost: string; arguments: Arguments }[];
  readonly bindings: readonly { source: string; destination: string; routing_key: string; arguments: Arguments }[];
}

const LASTING = { durable: true, auto_delete: false };

/** Writes down what is declared. */
class Recorder {
  readonly exchanges = new Map<string, Definitions['exchanges'][number]>();
  readonly queues = new Map<string, Definitions['queues'][number]>();
  readonly bindings = new Map<string, Definitions['bindings'][number]>();

  constructor(private readonly vhost: string) {}

  assertExchange(name: string, type: string, { alternateExchange }: Options.AssertExchange = {}) {
    const more = alternateExchange === undefined ? {} : { 'alternate-exchange': alternateExchange };
    const exchange = { name, vhost: this.vhost, type, ...LASTING, internal: false, arguments: more };
    this.exchanges.set(name, exchange);
    return Promise.resolve({ exchange: name });
  }

  assertQueue(name: string, { arguments: given }: Options.AssertQueue = {}) {
    this.queues.set(name, { name, vhost: this.vhost, ...LASTING, arguments: given as Arguments });
    return Promise.resolve({ queue: name, messageCount: 0, consumerCount: 0 });
  }

  bindQueue(destination: string, source: string, routing_key: string, more: Arguments = {}) {
    const binding = { source, vhost: this.vhost, destination, destination_type: 'queue', routing_key, arguments: more };
    this.bindings.set(`${source} ${destination} ${routing_key}`, binding);
    return Promise.resolve({});
  }

  /** A new broker has no bindings of earlier versions. */
  unbindQueue() {
    return Promise.resolve({});
  }
}

/**
 * Everything that apps declare otherwise, and the permissions of their users. Not the users: an import would replace their
 * passwords.
 */
export async function definitionsOf(vhost: string, policy: RetryPolicy): Promise<Definitions> {
  const recorder = new Recorder(vhost);
  const declarer: Declarer = recorder;
  await declareQueues(declarer);
  await declareRetryLevels(declarer, policy);
  return {
    vhosts: [{ name: vhost }],
    permissions: BROKER_USERS.map((app) => ({ user: userOf(app), vhost, ...permissionsOf(app) })),
    exchanges: [...recorder.exchanges.values()],
    queues: [...recorder.queues.values()],
    bindings: [...recorder.bindings.values()],
  };
}

/** `convene-members-worker` */
export const userOf = (app: string) => `convene-${app}`;
