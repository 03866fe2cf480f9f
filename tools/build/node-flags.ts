/**
 * V8's options for an app in production. A worker's young generation is small: 20 MB less resident, at no cost that can be
 * measured. A gateway keeps V8's default, because its requests and frames fill a small one many times a second (10 to 15 % of its
 * processor time).
 */
export function nodeFlags(app: string): string[] {
  return app.endsWith('-worker') ? ['--max-semi-space-size=2'] : [];
}
