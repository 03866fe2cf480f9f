import { paint, type Style } from '../terminal/paint';

const levels: Record<string, { style: Style; sign: string }> = {
  trace: { style: 'dim', sign: 'trace' },
  debug: { style: 'dim', sign: 'debug' },
  info: { style: 'green', sign: 'info ' },
  warn: { style: 'yellow', sign: 'warn ' },
  error: { style: 'red', sign: 'error' },
  fatal: { style: 'red', sign: 'fatal' },
};

/** Known from the prefix, or printed elsewhere in the line. */
const notRepeated = new Set(['level', 'time', 'msg', 'service', 'traceId', 'err', 'stack', 'pid', 'hostname']);

/** A pino line for people: `12:03:44.120 info  Invite mail sent inviteId=… ‹4bf92f35›`. Anything else as it is. */
export function readable(line: string): string {
  const entry = parse(line);
  if (!entry) return line;
  const { style, sign } = levels[String(entry['level'])] ?? { style: 'dim' as const, sign: String(entry['level']) };
  const details = Object.entries(entry)
    .filter(([key, value]) => !notRepeated.has(key) && value !== undefined)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const parts = [
    paint('dim', timeOf(entry['time'])),
    paint(style, sign),
    typeof entry['msg'] === 'string' ? entry['msg'] : JSON.stringify(entry['msg']),
    ...(details.length > 0 ? [paint('dim', details.join(' '))] : []),
    // Enough of the trace id to see which lines of the five belong together.
    ...(typeof entry['traceId'] === 'string' ? [paint('cyan', `‹${entry['traceId'].slice(0, 8)}›`)] : []),
  ];
  return parts.join(' ') + stackOf(entry);
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line) as Record<string, unknown>;
    return 'level' in entry && 'msg' in entry ? entry : undefined;
  } catch {
    return undefined;
  }
}

function timeOf(time: unknown): string {
  const date = new Date(time as string | number);
  if (Number.isNaN(date.getTime())) return '--:--:--.---';
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function stackOf({ err, stack }: Record<string, unknown>): string {
  const text = stack ?? (err as { stack?: string } | undefined)?.stack;
  return typeof text === 'string' ? `\n${text.replace(/^/gm, '    ')}` : '';
}
