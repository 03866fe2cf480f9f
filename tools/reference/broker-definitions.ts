import { definitionsOf } from '@convene/messaging/topology/definitions';
import { DEFAULT_RETRIES } from '@convene/messaging/topology/retry-levels';

/** One object a line, so that a change shows as one. */
export async function brokerDefinitions(): Promise<string> {
  const parts = Object.entries(await definitionsOf('/', DEFAULT_RETRIES)).map(([name, all]) => {
    const lines = (all as readonly unknown[]).map((one) => `    ${JSON.stringify(one)}`);
    return `  ${JSON.stringify(name)}: [\n${lines.join(',\n')}\n  ]`;
  });
  return `{\n${parts.join(',\n')}\n}\n`;
}
