import { parseLoad } from './load';

const given = { users: '100', online: '10' };

it('fills what is not given with the named size, then with defaults', () => {
  expect(parseLoad(given)).toMatchObject({ users: 100, online: 10, eventsPerUserHour: 2, zones: 3 });
  expect(parseLoad({ online: '7' }, 'medium')).toMatchObject({ users: 100_000, online: 7 });
});

it.each([
  [{ online: '1' }, undefined, '--users is missing: give it, or --size.'],
  [{ ...given, users: '0' }, undefined, '--users 0: give a whole number from 1 to 1000000000.'],
  [{ ...given, zones: '2.5' }, undefined, '--zones 2.5: give a whole number from 1 to 10.'],
  [{ ...given, utilisation: '60' }, undefined, '--utilisation 60: give a number from 0.1 to 0.8.'],
  [{ ...given, peak: '' }, undefined, '--peak "": give a number from 1 to 100.'],
  [{ ...given, online: '0x10' }, undefined, '--online 0x10: give a whole number'],
  [{ ...given, online: '-1' }, undefined, '--online -1: give a whole number from 0'],
  [{ ...given, users: 'NaN' }, undefined, '--users NaN: give a whole number'],
  [{ users: '10', online: '11' }, undefined, '--online 11 is more than --users 10: lower the one or raise the other.'],
  [{}, 'huge', '--size huge: give one of small, medium, large, xl.'],
  [{}, 'constructor', '--size constructor: give one of'],
])('refuses %j with size %s', (values, size, message) => {
  expect(() => parseLoad(values, size)).toThrow(message);
});

it('lists all that is wrong at once', () => {
  expect(() => parseLoad({ zones: '0', peak: 'x' })).toThrow(/--users.*\n--online.*\n--peak.*\n--zones/);
});
