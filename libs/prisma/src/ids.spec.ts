import { derivedId, newId } from './ids';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it('ids are UUIDv7s that sort in the order of creation', () => {
  const ids = Array.from({ length: 5_000 }, newId);
  expect(new Set(ids).size).toBe(5_000);
  expect([...ids].sort()).toEqual(ids);
  expect(ids[0]).toMatch(UUID_V7);
});

it('a derived id is the same UUIDv7 for the same time and name only', () => {
  const time = new Date('2026-11-27T12:00:00Z');
  const id = derivedId(time, 'a name');
  expect(id).toMatch(UUID_V7);
  expect(parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(time.getTime());
  expect(derivedId(time, 'a name')).toBe(id);
  expect(new Set(Array.from({ length: 1_000 }, (_, n) => derivedId(time, `name ${n}`))).size).toBe(1_000);
  expect(derivedId(new Date(0), 'a name')).not.toBe(id);
});
