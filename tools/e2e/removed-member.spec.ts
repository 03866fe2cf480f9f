import { setTimeout as wait } from 'node:timers/promises';
import type { Socket } from 'socket.io-client';
import { companyRoom, userRoom } from '@convene/contracts/sockets/rooms';
import { newId } from '@convene/prisma/ids';
import type { TestPerson } from '@convene/testing/inbox-rows';
import { SocketFleet } from './test-support/socket-fleet';

const GATEWAYS = 3;
const MEMBERS = 30;
const LATEST_MS = 400;
const MEMBERSHIPS_REMOVED = 'memberships.removed';

interface Hint {
  readonly eventId: string;
  readonly version: number;
}

/** A device that remembers the hints it gets. */
class Listener {
  readonly received: (Hint & { event: string })[] = [];

  constructor(socket: Socket) {
    socket.onAny((event: string, frame: Hint) => this.received.push({ ...frame, event }));
  }

  has({ eventId }: Hint): boolean {
    return this.received.some((hint) => hint.eventId === eventId);
  }
}

it('a member removed under late, duplicate and reordered frames receives nothing committed later, on any node', async () => {
  await SocketFleet.with({ gateways: GATEWAYS }, async (fleet) => {
    const people = await fleet.rows.users(MEMBERS);
    const company = await fleet.rows.company(...people);
    const [removed, ...others] = people as [TestPerson, ...TestPerson[]];
    const onEveryNode = async (user: TestPerson) => {
      const listeners = [];
      for (let node = 1; node <= GATEWAYS; node += 1) {
        listeners.push(new Listener((await fleet.socket(user, node)).socket));
      }
      return listeners;
    };
    const devicesOfRemoved = await onEveryNode(removed);
    const devicesOfOthers = [];
    for (const [index, user] of others.entries()) {
      devicesOfOthers.push(new Listener((await fleet.socket(user, 1 + (index % GATEWAYS))).socket));
    }

    let version = MEMBERS;
    const sent: Hint[] = [];
    const deliveries: Promise<void>[] = [];
    /** Emits a frame once or twice, each time with a random delay. */
    const emitUnreliably = (room: Parameters<typeof fleet.publisher.emit>[0], event: string, frame: Hint & object) => {
      for (let copies = Math.random() < 0.5 ? 1 : 2; copies > 0; copies -= 1) {
        deliveries.push(wait(Math.random() * LATEST_MS).then(() => fleet.publisher.emit(room, event, frame)));
      }
    };
    const flow = async (count: number) => {
      for (let sending = 0; sending < count; sending += 1) {
        const frame = { eventId: newId(), companyId: company, version };
        sent.push(frame);
        emitUnreliably(companyRoom(company), 'companies.updated', frame);
        await wait(2);
      }
    };

    await flow(200);
    const before = version;
    version = await fleet.rows.remove(company, removed);
    // The frame of the removal reaches only some devices in time.
    const removal = { eventId: newId(), companyId: company, version, userId: removed.id };
    emitUnreliably(companyRoom(company), MEMBERSHIPS_REMOVED, removal);
    setTimeout(() => emitUnreliably(userRoom(removed.id), MEMBERSHIPS_REMOVED, removal), LATEST_MS);
    await flow(400);
    // Other changes go on: none of them lets the removed in again.
    const newcomer = await fleet.rows.user();
    version = await fleet.rows.join(company, newcomer);
    await flow(100);
    await wait(LATEST_MS * 2 + 50);
    await Promise.all(deliveries);

    // The last frame arrives last: once it is received, all earlier ones are.
    const last = { eventId: newId(), companyId: null, version: null };
    for (const user of people) await fleet.publisher.emit(userRoom(user.id), 'users.registered', last);
    while (
      ![...devicesOfRemoved, ...devicesOfOthers].every(({ received }) => received.at(-1)?.eventId === last.eventId)
    ) {
      await wait(20);
    }

    for (const device of devicesOfOthers) expect(sent.filter((hint) => !device.has(hint))).toEqual([]);
    for (const { received } of devicesOfRemoved) {
      const hints = received.filter(({ event }) => event === 'companies.updated');
      expect(hints.length).toBeGreaterThan(100);
      expect(hints.filter((hint) => hint.version > before)).toEqual([]);
      expect(received.some(({ eventId }) => eventId === removal.eventId)).toBe(true);
    }
  });
});
