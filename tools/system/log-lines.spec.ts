import { LogLines } from './log-lines';

describe('waiting for a line', () => {
  it('finds one that was printed already', async () => {
    const log = new LogLines();
    log.add('committed');
    await expect(log.find(/commit/)).resolves.toBe('committed');
  });

  it('waits for one to come, from where it is told', async () => {
    const log = new LogLines();
    log.add('ready 1');
    const next = log.find(/ready/, { from: log.lines.length });
    log.add('noise');
    log.add('ready 2');
    await expect(next).resolves.toBe('ready 2');
  });

  it('gives up', async () => {
    await expect(new LogLines().find(/never/, { timeoutMs: 10 })).rejects.toThrow('/never/');
  });
});
