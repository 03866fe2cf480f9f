import { runWorker } from '@convene/messaging/run-worker';
import { AppModule } from './app.module';
import { SERVICE } from './env';

runWorker(SERVICE, AppModule);
