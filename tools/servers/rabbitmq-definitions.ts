/** What RabbitMQ loads at boot: user guest/guest, the default vhost, and `t1` … `tN` for tests (about 40 ms of boot each). */
export function definitions(vhosts: number): object {
  const names = ['/', ...Array.from({ length: vhosts }, (_, index) => `t${index + 1}`)];
  return {
    users: [{ name: 'guest', password: 'guest', tags: ['administrator'] }],
    vhosts: names.map((name) => ({ name })),
    permissions: names.map((vhost) => ({ user: 'guest', vhost, configure: '.*', write: '.*', read: '.*' })),
  };
}
