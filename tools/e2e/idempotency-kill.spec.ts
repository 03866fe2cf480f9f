import type { CompanyView } from '@convene/contracts/http/companies';
import { Person } from '@convene/tools/people/person';
import { HoldingProxy, Utterance } from './holding-proxy';
import { House } from './house';

/** What the api-gateway says when all is committed and only the answer is to be kept (key-store.ts, `finish`). */
const KEEP_ANSWER: Utterance = /UPDATE "public"\."idempotency_keys" SET "response" = \$1, "locked_until" = \$2/;
const COMMIT: Utterance = /COMMIT/;

/** `kill -9` in the middle of a request that named an Idempotency-Key; then the same request again. */
describe('a POST with an Idempotency-Key is executed once', () => {
  let house: House;
  let proxy: HoldingProxy;
  let ana: Person;

  beforeAll(async () => {
    house = await House.open();
    const api = house.system.app('api-gateway');
    ana = new Person({ apiUrl: api.url, wsUrl: '' }, 'Ana', 'ana@convene.test');
    await ana.signUp();
    await ana.logIn();
  });
  afterAll(() => house.close());
  afterEach(() => proxy.close());

  const create = (key: string) => ana.api.post<CompanyView>('companies', { name: key }, { 'idempotency-key': key });
  const companies = (name: string) => house.rows<{ id: string }>('SELECT id FROM companies WHERE name = $1', [name]);

  /** The process dies when it says it; whoever had the key is known to be dead once the lock has run out. */
  async function killAt(moment: Utterance, key: string): Promise<void> {
    const api = house.system.app('api-gateway');
    proxy = await HoldingProxy.before(house.databaseUrl);
    await api.restart({ DATABASE_URL: proxy.url, OUTBOX_RELAY: 'off' });
    const held = proxy.hold(moment);
    const lost = create(key).then(
      () => 'answered',
      () => 'lost',
    );
    await held;
    await api.kill();
    expect(await lost).toBe('lost');
    await api.restart({ DATABASE_URL: house.databaseUrl, OUTBOX_RELAY: 'on' });
    await house.rows(`UPDATE idempotency_keys SET locked_until = now() - interval '1 second' WHERE key = $1`, [key]);
  }

  it('when the process dies between the commit and the answer: the repeat gets what was made', async () => {
    await killAt(KEEP_ANSWER, 'late');
    const made = await companies('late');
    expect(made).toHaveLength(1);
    expect((await create('late')).id).toBe(made[0]!.id);
    expect(await companies('late')).toEqual(made);
  });

  it('when it dies before the commit: the repeat makes it', async () => {
    await killAt(COMMIT, 'early');
    expect(await companies('early')).toEqual([]);
    const made = await create('early');
    expect(await companies('early')).toEqual([{ id: made.id }]);
    expect((await create('early')).id).toBe(made.id);
  });
});
