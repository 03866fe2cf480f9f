import { next } from './counter';
import { required } from './required';

/**
 * The URL of an empty RabbitMQ vhost: one per spec file. They are created when the broker boots (`t1` … `tN`), because
 * creating one later requires the management plugin, which doubles the time to boot.
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
