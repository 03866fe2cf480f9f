import { runReadmeTour } from './test-support/readme-tour';
import { TestSystem } from './test-support/test-system';

it("the README's tour of the API works as printed", async () => {
  await TestSystem.with({}, async (system) => {
    const stdout = await runReadmeTour(system);
    expect(stdout).toMatch(/"status":"ACCEPTED"/);
    expect(stdout).toMatch(/"displayName":"Bo","role":"MEMBER"/);
    const invites = await system.rows<{ status: string }>('SELECT status FROM invites');
    expect(invites).toEqual([{ status: 'ACCEPTED' }]);
    await system.quiet();
    const notified = await system.rows<{ code: string }>('SELECT code FROM notifications');
    expect(notified).toEqual([{ code: 'INVITE_ACCEPTED' }]);
  });
});
