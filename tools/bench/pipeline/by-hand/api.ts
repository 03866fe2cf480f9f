import fastify, { type FastifyRequest } from 'fastify';
import { v7 as newId } from 'uuid';
import { z } from 'zod';
import { AccessTokenVerifier } from '@convene/auth/access-token-verifier';
import { JWT_PUBLIC_KEYS } from '@convene/auth/auth-env';
import { Db } from '../../by-hand/db';
import { publisherOn } from '../../by-hand/publisher';
import { env, type Event, EXCHANGE, openChannel } from './support';

const POLL_MS = 1_000;
const INSERT_EVENT = `
  INSERT INTO domain_events (type, payload, actor_id, company_id, membership_version)
  VALUES ($1, $2, $3, $4, $5)
  RETURNING id, type, payload, actor_id AS "actorId", company_id AS "companyId", occurred_at AS "occurredAt"`;
const CLAIM_POLLED = `
  SELECT id, type, payload, actor_id AS "actorId", company_id AS "companyId", occurred_at AS "occurredAt"
  FROM domain_events WHERE published_at IS NULL AND occurred_at < clock_timestamp() - interval '2 seconds'
  ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED`;

const Params = z.object({ id: z.uuid() });
const InviteBody = z.object({ email: z.email() });

async function main(): Promise<void> {
  const db = new Db(env.databaseUrl);
  const publish = publisherOn(await openChannel());
  const keys = JWT_PUBLIC_KEYS.parse(process.env['JWT_PUBLIC_KEYS']);
  const tokens = new AccessTokenVerifier(keys, { issuer: 'convene', audience: 'convene' }, 0);
  const relay = new Relay(db, publish);

  const app = fastify();
  app.get('/health/ready', () => 'ready');
  const callerOf = async ({ headers }: FastifyRequest) =>
    (await tokens.verify((headers.authorization ?? '').slice('Bearer '.length))).userId;

  app.post('/v1/companies/:id/invites', async (request, reply) => {
    const userId = await callerOf(request);
    const { id: companyId } = Params.parse(request.params);
    const { email } = InviteBody.parse(request.body);
    const inviteId = newId();
    const event = await db.transaction(
      (send) =>
        Promise.all([
          send('SELECT name, membership_version FROM companies WHERE id = $1 AND deleted_at IS NULL FOR UPDATE', [
            companyId,
          ]),
          send(
            `SELECT m.role, u.display_name FROM memberships m JOIN users u ON u.id = m.user_id
             WHERE m.company_id = $1 AND m.user_id = $2`,
            [companyId, userId],
          ),
          send(
            `SELECT u.id, m.user_id IS NOT NULL AS member FROM users u
             LEFT JOIN memberships m ON m.company_id = $1 AND m.user_id = u.id
             WHERE u.email = $2 AND u.deleted_at IS NULL AND u.email_verified_at IS NOT NULL`,
            [companyId, email],
          ),
          send(`SELECT 1 FROM invites WHERE company_id = $1 AND email = $2 AND status = 'PENDING'`, [companyId, email]),
        ]),
      ([company, membership, invitee, pending]) => {
        const [{ name, membership_version: version } = {}] = company.rows as Record<string, unknown>[];
        const [{ role, display_name: inviterName } = {}] = membership.rows as Record<string, unknown>[];
        if (!name || (role !== 'OWNER' && role !== 'ADMIN') || pending.rowCount) throw new Error('refused');
        const inviteeId = (invitee.rows as { id: string }[])[0]?.id ?? null;
        const payload = {
          inviteId,
          companyId,
          companyName: name,
          inviterId: userId,
          inviterName,
          role: 'MEMBER',
          inviteeId,
        };
        return {
          statements: [
            [
              `INSERT INTO invites (id, company_id, email, role, inviter_id, token_hash, expires_at)
               VALUES ($1, $2, $3, 'MEMBER', $4, 'none', now() + interval '7 days')`,
              [inviteId, companyId, email, userId],
            ],
            [INSERT_EVENT, ['invites.created', payload, userId, companyId, version]],
          ],
          result: ([, inserted]) => (inserted?.rows as Event[])[0] as Event,
        };
      },
    );
    relay.take(event);
    return reply.code(201).send({ id: inviteId });
  });

  app.post('/v1/invites/:id/reject', async (request) => {
    const userId = await callerOf(request);
    const { id: inviteId } = Params.parse(request.params);
    const event = await db.transaction(
      async (send) => {
        const [invite, user] = await Promise.all([
          send(
            `SELECT i.email, i.inviter_id, i.status, c.id AS company_id, c.name, c.membership_version
             FROM invites i JOIN companies c ON c.id = i.company_id WHERE i.id = $1 FOR UPDATE OF c, i`,
            [inviteId],
          ),
          send('SELECT email, display_name FROM users WHERE id = $1 AND email_verified_at IS NOT NULL', [userId]),
        ]);
        return {
          invite: (invite.rows as Record<string, string>[])[0],
          user: (user.rows as Record<string, string>[])[0],
        };
      },
      ({ invite, user }) => {
        if (!invite || !user || invite['email'] !== user['email'] || invite['status'] !== 'PENDING')
          throw new Error('refused');
        const {
          company_id: companyId = '',
          name: companyName,
          inviter_id: inviterId,
          membership_version: version,
        } = invite;
        const payload = {
          inviteId,
          companyId,
          companyName,
          inviterId,
          inviteeId: userId,
          inviteeName: user['display_name'],
        };
        return {
          statements: [
            [
              `UPDATE invites SET status = 'REJECTED', decided_at = now(), decided_by_user_id = $2 WHERE id = $1`,
              [inviteId, userId],
            ],
            [INSERT_EVENT, ['invites.rejected', payload, userId, companyId, version]],
          ],
          result: ([, inserted]) => (inserted?.rows as Event[])[0] as Event,
        };
      },
    );
    relay.take(event);
    return { id: inviteId };
  });

  await app.listen({ port: env.port, host: '127.0.0.1' });
}

/** Publishes at once what this process committed, marks it in batches, and polls for what others left behind. */
class Relay {
  private confirmed: string[] = [];
  private marking = false;

  constructor(
    private readonly db: Db,
    private readonly publish: (exchange: string, routingKey: string, body: unknown) => Promise<void>,
  ) {
    setInterval(() => void this.poll(), POLL_MS);
  }

  take(event: Event): void {
    this.publish(EXCHANGE, event.type, event).then(
      () => {
        this.confirmed.push(event.id);
        void this.mark();
      },
      () => undefined,
    );
  }

  private async mark(): Promise<void> {
    if (this.marking) return;
    this.marking = true;
    while (this.confirmed.length > 0) {
      const ids = this.confirmed.splice(0);
      await this.db.query('UPDATE domain_events SET published_at = clock_timestamp() WHERE id = ANY($1::uuid[])', [
        ids,
      ]);
    }
    this.marking = false;
  }

  private async poll(): Promise<void> {
    for (const event of await this.db.query<Event>(CLAIM_POLLED, [])) this.take(event);
  }
}

void main();
