import type { Snapshot } from '@convene/inbox/snapshot';
import { resumePoint, type ResumeRequest } from './resume-point';

const snapshot = { headSeq: 9, epoch: 'a' } as Snapshot;

it.each<[ResumeRequest, { recovered: boolean; cursor: number }]>([
  [
    { lastSeq: 6, epoch: 'a' },
    { recovered: true, cursor: 6 },
  ],
  [{ lastSeq: 6 }, { recovered: true, cursor: 6 }],
  [
    { lastSeq: 9, epoch: 'a' },
    { recovered: true, cursor: 9 },
  ],
  [
    { lastSeq: 4, epoch: 'a' },
    { recovered: true, cursor: 4 },
  ],
  [
    { lastSeq: 3, epoch: 'a' },
    { recovered: false, cursor: 9 },
  ],
  [
    { lastSeq: 6, epoch: 'b' },
    { recovered: false, cursor: 9 },
  ],
  [{ lastSeq: 12 }, { recovered: false, cursor: 9 }],
  [{}, { recovered: false, cursor: 9 }],
])('resumePoint for %j is %j, with head 9, epoch a and a limit of 5', (request, expected) => {
  expect(resumePoint(request, snapshot, 5)).toEqual(expected);
});
