import { joinSql, noSql, rawSql, sql } from './sql';

describe('sql', () => {
  it('numbers its values, and keeps them out of the text', () => {
    const { text, values } = sql`SELECT * FROM t WHERE a = ${1} AND b = ${'x; DROP TABLE t'}`;
    expect(text).toBe('SELECT * FROM t WHERE a = $1 AND b = $2');
    expect(values).toEqual([1, 'x; DROP TABLE t']);
  });

  it('splices parts in at any depth, and numbers their values with its own', () => {
    const inner = sql`b = ${2}`;
    const middle = sql`(${inner} OR c = ${3})`;
    const { text, values } = sql`SELECT ${1}::int FROM t WHERE ${middle}${noSql} AND ${rawSql('d')} = ${4}`;
    expect(text).toBe('SELECT $1::int FROM t WHERE (b = $2 OR c = $3) AND d = $4');
    expect(values).toEqual([1, 2, 3, 4]);
  });

  it('joins parts', () => {
    const { text, values } = sql`SELECT ${joinSql([sql`${1}`, sql`${2}`, sql`3`], ' UNION ')}`;
    expect(text).toBe('SELECT $1 UNION $2 UNION 3');
    expect(values).toEqual([1, 2]);
    expect(joinSql([sql`a`], ', ').text).toBe('a');
  });

  it('has the same text for all values, also for null and undefined', () => {
    const of = (value: unknown) => sql`SELECT ${value}`;
    expect(new Set([1, null, undefined, [1]].map((value) => of(value).text))).toEqual(new Set(['SELECT $1']));
    expect(of([1]).values).toEqual([[1]]);
  });
});
