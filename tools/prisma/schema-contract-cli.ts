import { writeFileSync } from 'node:fs';
import { required } from '@convene/testing/required';
import { targetOf, withClient } from './database';
import { CONTRACT_FILE, readContract } from './schema-contract';

/** Part of a release: what its processes use of the schema of DATABASE_URL is what the next release's migrations keep. */
void withClient(targetOf(required('DATABASE_URL')), readContract).then((contract) =>
  writeFileSync(CONTRACT_FILE, `${JSON.stringify(contract, null, 2)}\n`),
);
