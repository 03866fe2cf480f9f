import { logger, nameService, stdout } from '@convene/observability/logger';
import { logRequest } from './request-log';

const answered = { traceId: 'a'.repeat(32), method: 'GET', route: '/v1/"odd"/:id', status: 200, durationMs: 1.5 };

it('a request line is what the logger writes, and no line of a batch is dropped', () => {
  nameService('spec', 'info');
  const written: string[] = [];
  const spy = jest.spyOn(stdout, 'write').mockImplementation((text: string) => Boolean(written.push(text)));
  const count = 100;
  for (let n = 0; n < count; n++) logRequest(answered);
  logger.info(answered, 'Answered');
  process.emit('exit', 0);
  spy.mockRestore();
  const lines = written.join('').trim().split('\n');
  expect(lines).toHaveLength(count + 1);
  const timeless = lines.map((line) => line.replace(/"time":"[-\dT:.]+Z"/, '"time":""'));
  expect(new Set(timeless).size).toBe(1);
  expect(JSON.parse(lines[0] as string)).toMatchObject({
    service: 'spec',
    level: 'info',
    msg: 'Answered',
    ...answered,
  });
});
