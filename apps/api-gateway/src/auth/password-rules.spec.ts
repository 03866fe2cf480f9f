import { ApiHarness } from '../test-support/api-harness';

let api: ApiHarness;
beforeAll(async () => {
  api = await ApiHarness.start();
});
afterAll(() => api.stop());

const easy = (field: string) => ({
  status: 422,
  body: {
    code: 'PASSWORD_EASY_TO_GUESS',
    errors: [{ field, message: expect.stringContaining('choose another') }],
  },
});
let people = 0;
const signup = (password: string, email = `p${++people}@example.com`, displayName = 'Maria Silva') =>
  api.post('auth/signup', { body: { email, password, displayName } });

it.each(['1234567890', 'qwertyuiop', 'Password123', 'aaaaaaaaaaaa', '1212121212', '１２３４５６７８９０'])(
  'the password rules refuse %s, which attackers try first',
  async (password) => {
    expect(await signup(password)).toMatchObject(easy('password'));
  },
);

it.each(['maria.silva@example.com', 'MARIA.SILVA@example.com!', 'maria.silva', 'silvamaria', 'Maria Silva 1'])(
  'the password rules refuse %s, which repeats the user’s address or name',
  async (password) => {
    expect(await signup(password, 'maria.silva@example.com')).toMatchObject(easy('password'));
  },
);

it('the password rules accept a password that only contains a name', async () => {
  expect((await signup('the parrot of maria silva')).status).toBe(201);
});

it('the password rules apply to a change of password, which then changes nothing', async () => {
  const ana = await api.person('Ana');
  const body = { currentPassword: ana.password, newPassword: '1234567890' };
  expect(await api.post('me/password', { token: ana.token, body })).toMatchObject(easy('newPassword'));
  const own = { ...body, newPassword: ana.email };
  expect(await api.post('me/password', { token: ana.token, body: own })).toMatchObject(easy('newPassword'));
  expect((await api.login(ana.email, ana.password)).status).toBe(200);
});

it('the password rules apply to a reset, whose link stays valid', async () => {
  const ana = await api.person('Ana');
  await api.post('auth/password/forgot', { body: { email: ana.email } });
  const token = await api.mailedToken(ana.id, 'RESET_PASSWORD');
  const reset = (password: string) => api.post('auth/password/reset', { body: { token, password } });
  for (const password of ['1234567890', ana.email]) expect(await reset(password)).toMatchObject(easy('password'));
  expect((await reset('a new pass phrase')).status).toBe(204);
});
