import { type Command, InvalidArgumentError, Option } from 'commander';
import { OperatorName, OperatorRole } from '@convene/contracts/ops/operator';
import { MAX_TTL_SECONDS, OperatorTokens } from '@convene/operations/identity/operator-tokens';
import { signingSecrets } from '../connection';
import type { Ops } from '../ops';

const MAX_MINUTES = MAX_TTL_SECONDS / 60;

export function addToken(program: Command, { env, answers }: Ops): void {
  const role = new Option('--role <role>', 'a viewer reads, an operator also acts').choices(OperatorRole.options);
  program
    .command('token')
    .description('makes a token from OPS_SECRET, to be used as OPS_TOKEN; the name is recorded with every act')
    .requiredOption('--name <name>', 'who will use it', nameOf)
    .addOption(role.makeOptionMandatory())
    .option('--minutes <number>', `until it expires, at most ${MAX_MINUTES}`, minutesOf, 60)
    .action(
      answers(async ({ name, role, minutes }: { name: string; role: OperatorRole; minutes: number }) => {
        const token = await new OperatorTokens(signingSecrets(env)).sign({ name, role }, minutes * 60);
        return { json: { token, name, role, expiresInSeconds: minutes * 60 }, text: token };
      }),
    );
}

function nameOf(text: string): string {
  const name = OperatorName.safeParse(text);
  if (!name.success) throw new InvalidArgumentError(name.error.issues.map(({ message }) => message).join('; '));
  return name.data;
}

function minutesOf(text: string): number {
  const minutes = Number(text);
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= MAX_MINUTES) return minutes;
  throw new InvalidArgumentError(`expected a whole number from 1 to ${MAX_MINUTES}`);
}
