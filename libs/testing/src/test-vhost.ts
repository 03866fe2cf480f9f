import { next } from './counter';
import { required } from './required';

/**
 * The URL of an empty RabbitMQ vhost of the caller's own: one per spec file. They are made when the broker boots
 * (`t1` … `tN`), because making one later needs the management plugin, which doubles the boot.
 */
export async function createTestVhost(): Promise<{ url: string; vhost: string }> {
  const number = await next('vhost');
  const total = Number(required('CONVENE_TEST_VHOSTS'));
  if (number > total) {
    throw new Error(
      `All ${total} test vhosts are taken: one per spec file, not per test (or raise it in test-servers.ts).`,
    );
  }
  const vhost = `t${number}`;
  const url = new URL(required('CONVENE_TEST_RABBITMQ_URL'));
  url.pathname = `/${vhost}`;
  return { url: url.href, vhost };
}
