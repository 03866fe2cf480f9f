import { Redis } from 'ioredis';
import { required } from './required';

/** The next number of a sequence that all spec files of a run share: 1, 2, 3, … Stored in database 0 of the test Redis. */
export async function next(sequence: string): Promise<number> {
  const redis = new Redis(required('CONVENE_TEST_REDIS_URL'), { maxRetriesPerRequest: 1 });
  try {
    return await redis.incr(`convene:testing:${sequence}`);
  } finally {
    redis.disconnect();
  }
}
