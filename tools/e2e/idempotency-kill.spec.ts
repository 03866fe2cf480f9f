import type { CompanyView } from '@convene/contracts/http/companies';
import { roleUrl } from '@convene/testing/role-url';
import { TcpProxy } from '@convene/testing/tcp-proxy';
import { SimulatedUser } from '@convene/tools/simulated-users/simulated-user';
import { TestSystem } from './test-support/test-system';

const COMMIT = /COMMIT/;

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

  /** Kills the process when it sends this statement. */
  async function killAt(moment: RegExp, key: string): Promise<void> {
    const api = system.processes.app('api-gateway');
    proxy = await TcpProxy.to(system.databaseUrl);
    await api.restart({ DATABASE_URL: roleUrl(proxy.url, 'api-gateway'), OUTBOX_RELAY: 'off' });
    const held = proxy.holdAt(moment);
    const lost = create(key).then(
      () => 'answered',
      () => 'lost',
    );
    await held;
    await api.kill();
    expect(await lost).toBe('lost');
    await api.restart({ DATABASE_URL: roleUrl(system.databaseUrl, 'api-gateway'), OUTBOX_RELAY: 'on' });
  }

  it('when the process dies before the commit: the repeat creates the resource', async () => {
    await killAt(COMMIT, 'early');
    expect(await companies('early')).toEqual([]);
    const made = await create('early');
    expect(await companies('early')).toEqual([{ id: made.id }]);
    expect((await create('early')).id).toBe(made.id);
  });
});
