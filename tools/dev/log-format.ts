import { paint, type Style } from './terminal';

const STYLES: Record<string, Style> = { info: 'green', warn: 'yellow', error: 'red', fatal: 'red' };

/** Shown elsewhere in the line, or known from its prefix. */
const NOT_DETAILS = new Set(['level', 'time', 'msg', 'service', 'traceId', 'err', 'stack', 'pid', 'hostname']);

type Entry = Record<string, unknown>;

/** A pino line for the terminal: `12:03:44.120 info  Invite mail sent inviteId=… ‹4bf92f35›`. Anything else as it is. */
export function readable(line: string): string {
  const entry = parse(line);
  if (!entry) return line;
  const { level, time, msg, traceId, err, stack = (err as Entry | undefined)?.['stack'] } = entry;
  const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  const details = Object.entries(entry)
    .filter(([key]) => !NOT_DETAILS.has(key))
    .map(([key, value]) => `${key}=${shown(value)}`);
  const parts = [
    paint('dim', timeOf(time)),
    paint(STYLES[String(level)] ?? 'dim', typeof level === 'string' ? level.padEnd(5) : String(level)),
    shown(msg),
    ...(details.length > 0 ? [paint('dim', details.join(' '))] : []),
    // Enough of the trace id to see which lines of several processes belong together.
    ...(typeof traceId === 'string' ? [paint('cyan', `‹${traceId.slice(0, 8)}›`)] : []),
  ];
  return parts.join(' ') + (typeof stack === 'string' ? `\n${stack.replace(/^/gm, '    ')}` : '');
}

function parse(line: string): Entry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line) as Entry;
    return 'level' in entry && 'msg' in entry ? entry : undefined;
  } catch {
    return undefined;
  }
}

function timeOf(time: unknown): string {
  const date = new Date(time as string | number);
  if (Number.isNaN(date.getTime())) return '--:--:--.---';
  // The Swedish format is ISO's: 2030-01-08 09:05:07.
  return `${date.toLocaleTimeString('sv')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
