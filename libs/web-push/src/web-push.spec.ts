import { createECDH, randomBytes } from 'node:crypto';
import { WebPush } from './web-push';

const keys = () => {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  return { publicKey: ecdh.getPublicKey('base64url'), privateKey: ecdh.getPrivateKey('base64url') };
};
const subject = 'mailto:operator@example.com';
const browser = () => ({ p256dh: keys().publicKey, auth: randomBytes(16).toString('base64url') });

it('needs both keys or neither, and real ones', () => {
  const { publicKey, privateKey } = keys();
  const open = (given: { publicKey: string | undefined; privateKey: string | undefined }) =>
    new WebPush({ ...given, subject, allowAny: false }).configured;
  expect(open({ publicKey, privateKey })).toBe(true);
  expect(open({ publicKey: undefined, privateKey: undefined })).toBe(false);
  expect(() => open({ publicKey, privateKey: undefined })).toThrow('go together');
  expect(() => open({ publicKey: 'nonsense', privateKey })).toThrow();
});

it('sends nothing to where no push service can be, whatever was subscribed', async () => {
  const push = new WebPush({ ...keys(), subject, allowAny: false });
  expect(await push.send({ endpoint: 'http://127.0.0.1:1/', keys: browser() }, {}, 'inbox')).toBe('gone');
});

it('does not connect to a name that leads inside', async () => {
  const push = new WebPush({ ...keys(), subject, allowAny: false });
  const dns = jest.requireActual<typeof import('node:dns')>('node:dns');
  const lookup = jest
    .spyOn(dns, 'lookup')
    .mockImplementation(((_name: string, _options: object, done: (error: null, addresses: object[]) => void) =>
      done(null, [{ address: '169.254.169.254', family: 4 }])) as never);
  await expect(push.send({ endpoint: 'https://push.attacker.dev/', keys: browser() }, {}, 'inbox')).rejects.toThrow(
    'no public address',
  );
  lookup.mockRestore();
});
