import { readable } from './log-format';

const at = new Date(2030, 0, 8, 9, 5, 7, 42).toISOString();
const line = (entry: object) =>
  JSON.stringify({ level: 'info', time: at, service: 'api-gateway', msg: 'Ready', ...entry });

describe('a log line for people', () => {
  it('shows time, level, message and details', () => {
    expect(readable(line({ port: 4000 }))).toBe('09:05:07.042 info  Ready port=4000');
  });

  it('shortens the trace id, which ties the lines of several processes together', () => {
    expect(readable(line({ traceId: '4bf92f3577b34da6a3ce929d0e0e4736' }))).toBe('09:05:07.042 info  Ready ‹4bf92f35›');
  });

  it('prints a stack below', () => {
    const err = { message: 'no', stack: 'Error: no\n    at x.ts:1' };
    expect(readable(line({ level: 'error', msg: 'Failed', err }))).toBe(
      '09:05:07.042 error Failed\n    Error: no\n        at x.ts:1',
    );
  });

  it('leaves alone what is not a log line', () => {
    for (const text of ['node:internal/modules', '{"half": ', '{"a":1}', '']) expect(readable(text)).toBe(text);
  });

  it('survives a level and a time it does not know', () => {
    expect(readable(line({ level: 35, time: 'soon' }))).toBe('--:--:--.--- 35 Ready');
  });
});
