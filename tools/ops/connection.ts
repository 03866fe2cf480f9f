import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Secrets } from '@convene/auth/purpose-key';
import { EnvError, parseEnv } from '@convene/config/env';
import { OperatorName } from '@convene/contracts/ops/operator';
import { OperatorTokens } from '@convene/operations/identity/operator-tokens';
import { OPERATIONS_ENV } from '@convene/operations/operations-env';
import { readRunState } from '../dev/run-state';
import { EXIT, OpsError } from './exit-codes';

const KEYS = resolve(__dirname, '../../.convene/keys');

const SHAPE = {
  OPS_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('expected http://host:port of the operator API'),
  OPS_TOKEN: z.string().optional(),
  OPS_SECRET: OPERATIONS_ENV.OPS_SECRET,
  OPS_NAME: OperatorName.optional(),
};

const DEFAULT_URL = 'http://127.0.0.1:4200';
/** Of a token that is made for one command. */
const TOKEN_SECONDS = 300;

export interface Connection {
  readonly url: string;
  readonly token: string;
}

/** Where the operator API is and with what token: from the environment, or else of the stack that runs in this folder. */
export async function connectionOf(source: NodeJS.ProcessEnv): Promise<Connection> {
  const env = environment(source);
  const stack = (await readRunState())?.stack;
  const url = env.OPS_URL ?? stack?.opsUrl ?? DEFAULT_URL;
  if (env.OPS_TOKEN !== undefined) return { url, token: env.OPS_TOKEN };
  const secrets = env.OPS_SECRET ?? (env.OPS_URL === undefined && stack ? secretsOfFolder() : undefined);
  if (!secrets) {
    throw new OpsError(
      'There is no token: set OPS_TOKEN (and OPS_URL), or OPS_SECRET, or run "npm start" in this folder',
      EXIT.refused,
    );
  }
  const operator = { name: env.OPS_NAME ?? userInfo().username, role: 'operator' } as const;
  return { url, token: await new OperatorTokens(secrets).sign(operator, TOKEN_SECONDS) };
}

/** The secret that signs tokens: from the environment, or of the stack that was started in this folder. */
export function signingSecrets(source: NodeJS.ProcessEnv): Secrets {
  const secrets = environment(source).OPS_SECRET ?? secretsOfFolder();
  if (!secrets) throw new OpsError('OPS_SECRET (or OPS_SECRET_FILE) is not set: tokens are signed with it', EXIT.usage);
  return secrets;
}

function environment(source: NodeJS.ProcessEnv) {
  try {
    return parseEnv(SHAPE, source);
  } catch (error) {
    throw error instanceof EnvError ? new OpsError(error.message, EXIT.usage) : error;
  }
}

function secretsOfFolder(): Secrets | undefined {
  try {
    return [readFileSync(join(KEYS, 'ops-secret'), 'utf8')];
  } catch {
    return undefined;
  }
}
