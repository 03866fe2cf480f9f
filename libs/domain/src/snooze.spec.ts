import { snoozeFault } from './snooze';

const now = new Date('2028-02-01T12:00:00Z');

it.each([
  ['2028-02-01T12:00:00.001Z', undefined],
  ['2029-02-01T12:00:00Z', undefined],
  ['2028-02-01T12:00:00Z', 'must be in the future'],
  ['2020-01-01T00:00:00Z', 'must be in the future'],
  ['2029-02-02T12:00:00Z', 'must be within a year'],
])('snoozing until %s', (until, fault) => {
  expect(snoozeFault(new Date(until), now)).toBe(fault);
});
