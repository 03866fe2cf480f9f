import type { CompanyView } from '@convene/contracts/http/companies';
import { roleUrl } from '@convene/testing/role-url';
import { TcpProxy } from '@convene/testing/tcp-proxy';
import { SimulatedUser } from '@convene/tools/simulated-users/simulated-user';
import { TestSystem } from './test-support/test-system';

const COMMIT = /COMMIT/;
/** The tag of PostgreSQL's CommandComplete for a transaction that was committed. */
const COMMITTED = /COMMIT\0/;

/** `kill -9` in the middle of a request that named an Idempotency-Key; then the same request again. */
describe('a POST with an Idempotency-Key is executed once', () => {
  let system: TestSystem;
  let proxy: TcpProxy;
  let ana: SimulatedUser;

  beforeAll(async () => {
    system = await TestSystem.open();
    const api = system.processes.app('api-gateway');
    ana = new SimulatedUser({ apiUrl: api.url, wsUrl: '' }, 'Ana', 'ana@convene.test');
    await ana.signUp();
    await ana.logIn();
  });
  afterAll(() => system.close());
  afterEach(() => proxy.close());

  const create = (key: string) => ana.api.post<CompanyView>('companies', { name: key }, { 'idempotency-key': key });
  const companies = (name: string) => system.rows<{ id: string }>('SELECT id FROM companies WHERE name = $1', [name]);

  /** Kills the process when it sends this statement, or when the server sends this answer. */
  async function killAt(moment: RegExp, from: 'client' | 'server', key: string): Promise<void> {
    const api = system.processes.app('api-gateway');
    proxy = await TcpProxy.to(system.databaseUrl);
    await api.restart({ DATABASE_URL: roleUrl(proxy.url, 'api-gateway'), OUTBOX_RELAY: 'off' });
    const held = proxy.holdAt(moment, from);
    const lost = create(key).then(
      () => 'answered',
      () => 'lost',
    );
    await held;
    await api.kill();
    expect(await lost).toBe('lost');
    await api.restart({ DATABASE_URL: roleUrl(system.databaseUrl, 'api-gateway'), OUTBOX_RELAY: 'on' });
  }

  it('when the process dies between the commit and the answer: the repeat returns the existing resource', async () => {
    await killAt(COMMITTED, 'server', 'late');
    const made = await companies('late');
    expect(made).toHaveLength(1);
    expect((await create('late')).id).toBe(made[0]!.id);
    expect(await companies('late')).toEqual(made);
  });

  it('when the process dies before the commit: the repeat creates the resource', async () => {
    await killAt(COMMIT, 'client', 'early');
    expect(await companies('early')).toEqual([]);
    const made = await create('early');
    expect(await companies('early')).toEqual([{ id: made.id }]);
    expect((await create('early')).id).toBe(made.id);
  });
});
