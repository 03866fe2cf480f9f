import type { PrismaService } from '@convene/prisma/prisma.service';

/** The table where the triggers record changes. */
const LOG = 'spec_changes';

/** Counts the committed changes of rows in all tables of a database, by triggers. */
export class Changes {
  private constructor(private readonly prisma: PrismaService) {}

  static async watch(prisma: PrismaService): Promise<Changes> {
    await prisma.$executeRawUnsafe(`CREATE TABLE ${LOG} (id bigserial PRIMARY KEY, place text NOT NULL)`);
    await prisma.$executeRawUnsafe(`
      CREATE FUNCTION ${LOG}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN INSERT INTO ${LOG} (place) VALUES (TG_OP || ' ' || TG_TABLE_NAME); RETURN NULL; END $$`);
    const tables = await prisma.$queryRaw<{ name: string }[]>`
      SELECT c.oid::regclass::text AS name FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND c.relname NOT IN (${LOG}, '_prisma_migrations')`;
    for (const { name } of tables) {
      await prisma.$executeRawUnsafe(
        `CREATE TRIGGER ${LOG} AFTER INSERT OR UPDATE OR DELETE ON ${name} FOR EACH ROW EXECUTE FUNCTION ${LOG}()`,
      );
    }
    return new Changes(prisma);
  }

  /** The changes since the last call. */
  async take(): Promise<string[]> {
    const rows = await this.prisma.$queryRawUnsafe<{ place: string }[]>(`DELETE FROM ${LOG} RETURNING place`);
    return [...new Set(rows.map(({ place }) => place))].sort();
  }
}
