/** The URLs that tools/dev/jest-setup.cjs (or `npm test`) exports before any spec runs. */
export function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run specs with "npm test -- <project>" or "npx nx test <project>".`);
  return value;
}
