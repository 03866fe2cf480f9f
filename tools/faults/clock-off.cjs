'use strict';
/** Preloaded into an app: its wall clock is off by CLOCK_OFF_MS. Timers and performance.now() are as they are. */
const off = Number(process.env.CLOCK_OFF_MS);
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + off);
    else super(...args);
  }
  static now() {
    return RealDate.now() + off;
  }
};
