import { loadEnv } from '@convene/config/env';
import { runWorker } from '@convene/messaging/run-worker';
import { AppModule } from './app.module';
import { envShape, SERVICE } from './env';

runWorker(SERVICE, () => AppModule.forRoot(loadEnv(envShape)));
