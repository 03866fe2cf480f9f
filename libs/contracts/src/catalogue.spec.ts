import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CATALOGUE, findEvent } from './catalogue';
import { InviteAccepted } from './events/invites-accepted';
import { NOTIFICATIONS } from './notification-codes';
import type { NotificationContract } from './notification-contract';

const files = readdirSync(join(__dirname, 'events')).map((file) => file.replace('.ts', ''));
const types = CATALOGUE.map(({ type }) => type);

describe('the catalogue', () => {
  it('holds the event of every file in events/, each named after its event', () => {
    expect(types.map((type) => type.replace(/[._]/g, '-')).sort()).toEqual(files.sort());
  });

  it('is searched by findEvent', () => {
    expect(types.map((type) => findEvent(type)?.type)).toEqual(types);
    expect(findEvent('invites.forgotten')).toBeUndefined();
  });

  it.each(CATALOGUE.map((event) => [event.type, event] as const))(
    '%s carries no address and no secret',
    (_type, event) => {
      const schema = JSON.stringify(z.toJSONSchema(event.payload));
      expect(schema).not.toMatch(/"format":"email"|"[a-z]*(email|password|secret|token)[a-z]*":\{/i);
    },
  );

  it.each(CATALOGUE.map((event) => [event.type, event] as const))(
    '%s exposes neither texts nor recipients of messages, nor the account of an invited address',
    (type, { frame, audit }) => {
      const shown = [...frame, ...audit];
      for (const fact of ['text', 'recipientIds', 'recipientId', 'withheld', 'byAddress']) {
        expect(shown).not.toContain(fact);
      }
      if (type !== InviteAccepted.type) expect(shown).not.toContain('inviteeId');
    },
  );

  it.each(CATALOGUE.map((event) => [event.type, event] as const))(
    '%s lists facts only for the frame and the audit log that it has',
    (_type, { internal, roomFrame, subject, frame, audit, payload }) => {
      if (roomFrame === 'none' && subject === undefined) expect(frame).toEqual([]);
      if (internal) expect(audit).toEqual([]);
      expect(Object.keys((payload as z.ZodObject).shape)).toEqual(expect.arrayContaining([...frame, ...audit]));
    },
  );

  it.each(CATALOGUE.map((event) => [event.type, event] as const))(
    '%s either notifies, or has an announcement for its room frame',
    (_type, { internal, roomFrame, subject, announcement, notifications }) => {
      const notifies = Object.keys(notifications).length > 0;
      const hasFrame = !internal && (roomFrame !== 'none' || subject !== undefined);
      expect(announcement !== undefined).toBe(hasFrame && !notifies);
    },
  );

  it('declares every notification code once', () => {
    const declared = new Map<string, NotificationContract>();
    for (const [code, notification] of CATALOGUE.flatMap((event) => Object.entries(event.notifications))) {
      expect(declared.get(code) ?? notification).toBe(notification);
      declared.set(code, notification);
    }
    expect(Object.keys(NOTIFICATIONS).sort()).toEqual([...declared.keys()].sort());
  });
});
