/** How a panel shows its values. */
type Unit = 'short' | 's' | 'bytes' | 'percentunit' | 'ops' | 'reqps';

export interface Query {
  readonly expr: string;
  /** `{{label}}` is replaced by Grafana. */
  readonly legend?: string;
}

export interface Panel {
  readonly title: string;
  readonly type: 'timeseries' | 'stat';
  readonly unit: Unit;
  readonly queries: readonly Query[];
  readonly description: string;
}

export interface Dashboard {
  /** Of its file and in its address. */
  readonly uid: string;
  readonly title: string;
  /** Rows of panels that share the width. */
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
}

const WIDTH = 24;
const HEIGHT = { timeseries: 8, stat: 4 };
/** The data source of deploy/grafana/provisioning. */
const DATASOURCE = { type: 'prometheus', uid: 'prometheus' };

const panelOf =
  (type: Panel['type']) =>
  (title: string, unit: Unit, description: string, ...queries: Query[]) =>
    ({ type, title, unit, description, queries }) satisfies Panel;

export const graph = panelOf('timeseries');
export const figure = panelOf('stat');

/** The JSON model that Grafana loads. The same dashboard always gives the same text. */
export function grafanaJson({ uid, title, rows }: Dashboard): string {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title: row.title,
      gridPos: { x: 0, y, w: WIDTH, h: 1 },
      panels: [],
    });
    y += 1;
    const w = Math.floor(WIDTH / row.panels.length);
    row.panels.forEach((panel, index) => {
      panels.push(panelJson(panel, panels.length + 1, { x: index * w, y, w, h: HEIGHT[panel.type] }));
    });
    y += Math.max(...row.panels.map(({ type }) => HEIGHT[type]));
  }
  const model = {
    uid,
    title,
    tags: ['convene'],
    schemaVersion: 38,
    version: 1,
    editable: false,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    links: [{ type: 'dashboards', title: 'Convene', tags: ['convene'], asDropdown: true, keepTime: true }],
    panels,
  };
  return `${JSON.stringify(model, undefined, 2)}\n`;
}

function panelJson({ type, title, unit, description, queries }: Panel, id: number, gridPos: object): object {
  return {
    id,
    type,
    title,
    description,
    gridPos,
    datasource: DATASOURCE,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options:
      type === 'stat' ? { reduceOptions: { calcs: ['lastNotNull'] } } : { tooltip: { mode: 'multi', sort: 'desc' } },
    targets: queries.map(({ expr, legend = '' }, index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend,
    })),
  };
}
