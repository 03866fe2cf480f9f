import 'reflect-metadata';
import { loadEnv } from '@convene/config/env';
import { logger, nameService, reasonOf } from '@convene/observability/logger';
import { disableAmbientTraces } from '@convene/observability/trace';
import { Drain } from './connections/drain';
import { envShape } from './env';
import { startGateway } from './gateway';

async function main(): Promise<void> {
  nameService('ws-gateway');
  // Frames carry their trace id; HTTP serves probes only.
  disableAmbientTraces();
  const env = loadEnv(envShape);
  const app = await startGateway(env);
  logger.info({ port: env.WS_PORT }, 'ws-gateway is up');

  const stop = async () => {
    // Clients are notified first, while everything still works.
    await app.get(Drain).execute();
    await app.close();
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
}

main().catch((error: unknown) => {
  logger.fatal({ err: error }, `ws-gateway could not start: ${reasonOf(error)}`);
  process.exit(1);
});
