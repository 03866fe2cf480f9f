import { declaredMetrics } from '../declared-metrics';
import { undeclaredIn } from '../expression';
import { DASHBOARDS, expressionsOf } from './all';
import { grafanaJson } from './grafana';

const declared = declaredMetrics();

describe.each(DASHBOARDS.map((dashboard) => [dashboard.title, dashboard] as const))(
  'the dashboard %s',
  (_, dashboard) => {
    it('reads metrics that the sources declare, by labels that those have', () => {
      expect(expressionsOf(dashboard).flatMap((expression) => undeclaredIn(expression, declared))).toEqual([]);
    });

    it('places its panels side by side, without overlaps', () => {
      interface Place {
        readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
      }
      const taken = new Set<string>();
      for (const { gridPos: at } of (JSON.parse(grafanaJson(dashboard)) as { panels: Place[] }).panels) {
        for (let x = at.x; x < at.x + at.w; x++) {
          for (let y = at.y; y < at.y + at.h; y++) {
            expect([x < 24, taken.has(`${x},${y}`)]).toEqual([true, false]);
            taken.add(`${x},${y}`);
          }
        }
      }
    });
  },
);
