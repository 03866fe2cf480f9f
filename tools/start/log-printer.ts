import { type AppName, appNames } from '../system/apps';
import { readable } from '../system/log-format';
import { paint, type Style } from '../terminal/paint';

const colours: Style[] = ['blue', 'magenta', 'cyan', 'yellow', 'green'];
const width = Math.max(...appNames.map((name) => name.length));

/** The lines of all apps in one stream, each behind the name of its app. */
export function printLine(app: AppName, line: string): void {
  const prefix = paint(colours[appNames.indexOf(app)] ?? 'white', app.padEnd(width));
  console.log(readable(line).replace(/^/gm, `${prefix} │ `));
}
