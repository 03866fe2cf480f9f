import { runOps } from './program';

/** `npm run ops -- <command>`. */
void runOps(process.argv.slice(2), {
  env: process.env,
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
}).then((exitCode) => (process.exitCode = exitCode));
