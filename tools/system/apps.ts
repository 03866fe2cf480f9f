/** The five processes, with the ports that people find in the documentation. */
export const apps = {
  'api-gateway': { publicPort: { variable: 'API_PORT', number: 4000 }, internalPort: 4100 },
  'ws-gateway': { publicPort: { variable: 'WS_PORT', number: 4001 }, internalPort: 4101 },
  'invites-worker': { publicPort: undefined, internalPort: 4102 },
  'members-worker': { publicPort: undefined, internalPort: 4103 },
  'notifications-worker': { publicPort: undefined, internalPort: 4104 },
} as const;

export type AppName = keyof typeof apps;
export const appNames = Object.keys(apps) as AppName[];

export interface AppPorts {
  internal: number;
  /** The gateways have one, workers do not. */
  public?: number;
}
