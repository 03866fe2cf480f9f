import { Client } from 'pg';
import { roleUrl } from '@convene/testing/role-url';

/** The beginning of PostgreSQL's message when a grant is missing. */
export const DENIED = /^permission denied for /;

/** One connection per role of an app. */
export class RoleClients {
  private readonly clients = new Map<string, Client>();

  constructor(private readonly databaseUrl: string) {}

  async as<T>(app: string, statement: string): Promise<T[]> {
    return (await (await this.clientOf(app)).query(statement)).rows as T[];
  }

  /** Runs a statement and undoes it. @returns why it is refused, or `allowed`. */
  async refusal(app: string, statement: string): Promise<string> {
    const client = await this.clientOf(app);
    await client.query('BEGIN');
    try {
      await client.query(statement);
      return 'allowed';
    } catch (error) {
      return (error as Error).message;
    } finally {
      await client.query('ROLLBACK');
    }
  }

  async end(): Promise<void> {
    await Promise.all([...this.clients.values()].map((client) => client.end()));
  }

  private async clientOf(app: string): Promise<Client> {
    const client = this.clients.get(app) ?? new Client({ connectionString: roleUrl(this.databaseUrl, app) });
    if (!this.clients.has(app)) await client.connect();
    this.clients.set(app, client);
    return client;
  }
}
