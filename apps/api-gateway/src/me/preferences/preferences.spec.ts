import type { PreferencesView } from '@convene/contracts/http/me';
import { ALWAYS_ON, Channel, NotificationCode } from '@convene/contracts/notification-codes';
import { ApiHarness, type Person } from '../../test-support/api-harness';

let api: ApiHarness;
let ana: Person;

beforeAll(async () => {
  api = await ApiHarness.start();
});
beforeEach(async () => {
  ana = await api.person('Ana');
});
afterAll(() => api.stop());

const read = async () => (await api.get('me/preferences', { token: ana.token })).body as unknown as PreferencesView;
const put = (body: object) => api.send('PUT', 'me/preferences', { token: ana.token, body });
const off = ({ choices }: PreferencesView) =>
  choices.filter(({ enabled }) => !enabled).map(({ code, channel }) => `${code} ${channel}`);

it('preferences list every type and channel, on by default, and mark those that cannot be switched off', async () => {
  const view = await read();
  expect(view.choices).toHaveLength(NotificationCode.options.length * Channel.options.length);
  expect(off(view)).toEqual([]);
  const fixed = view.choices.filter((choice) => choice.fixed);
  expect(fixed.map(({ code, channel }) => `${code} ${channel}`).sort()).toEqual(
    [...ALWAYS_ON].map((code) => `${code} SOCKET`).sort(),
  );
  expect(view).toMatchObject({ quietHours: null, timeZone: 'UTC' });
});

it('a change of preferences keeps those that it does not name', async () => {
  await put({ choices: [{ code: 'MESSAGE', channel: 'EMAIL', enabled: false }] });
  const { status, body } = await put({
    choices: [
      { code: 'MEMBER_JOINED', channel: 'SOCKET', enabled: true },
      { code: 'MEMBER_JOINED', channel: 'SOCKET', enabled: false },
      { code: 'ROLE_CHANGED', channel: 'EMAIL', enabled: false },
    ],
    quietHours: { from: '22:30', to: '07:05' },
  });
  expect(status).toBe(200);
  expect(body).toEqual(await read());
  expect(off(await read())).toEqual(['MEMBER_JOINED SOCKET', 'ROLE_CHANGED EMAIL', 'MESSAGE EMAIL']);
  expect(await read()).toMatchObject({ quietHours: { from: '22:30', to: '07:05' } });
  expect(await api.prisma.quietHours.findUnique({ where: { userId: ana.id } })).toMatchObject({
    fromMinute: 1350,
    toMinute: 425,
  });

  await put({ choices: [{ code: 'MESSAGE', channel: 'EMAIL', enabled: true }], quietHours: null });
  expect(off(await read())).toEqual(['MEMBER_JOINED SOCKET', 'ROLE_CHANGED EMAIL']);
  expect((await read()).quietHours).toBeNull();
});

it('a change of a fixed preference is refused by name and changes nothing', async () => {
  const answer = await put({
    choices: [
      { code: 'MESSAGE', channel: 'SOCKET', enabled: false },
      { code: 'ROLE_CHANGED', channel: 'SOCKET', enabled: false },
    ],
    quietHours: { from: '00:00', to: '00:00' },
  });
  expect(answer).toMatchObject({ status: 422, body: { code: 'PREFERENCE_FIXED', errors: [{ field: 'choices.1' }] } });
  expect(off(await read())).toEqual([]);
  expect((await read()).quietHours).toBeNull();
  expect((await put({ choices: [{ code: 'ROLE_CHANGED', channel: 'SOCKET', enabled: true }] })).status).toBe(200);
});

it.each([
  { choices: [{ code: 'NOTHING', channel: 'SOCKET', enabled: false }] },
  { choices: [{ code: 'MESSAGE', channel: 'PIGEON', enabled: false }] },
  { quietHours: { from: '24:00', to: '07:00' } },
  { quietHours: { from: '22:00' } },
])('a change of preferences refuses %j', async (body) => {
  expect(await put(body)).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED' } });
});

it('a hundred simultaneous changes of preferences are all kept', async () => {
  const codes = NotificationCode.options.filter((code) => !ALWAYS_ON.has(code));
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, n) =>
      put({
        choices: (n % 2 ? codes : codes.toReversed()).map((code) => ({ code, channel: 'SOCKET', enabled: n % 3 > 0 })),
      }),
    ),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect([0, codes.length]).toContain(off(await read()).length);
});
