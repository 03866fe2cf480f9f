/** Membership versions as this device has been told, to find out what it has not been told. */
export class KnownCompanies {
  private versions = new Map<string, number>();

  /** What `session.ready` says. @returns what changed since without this device's knowledge. */
  compare(told: Record<string, number>): { stale: string[]; left: string[] } {
    const next = new Map(Object.entries(told));
    const stale = [...next].filter(([id, version]) => version > (this.versions.get(id) ?? -1)).map(([id]) => id);
    const left = [...this.versions.keys()].filter((id) => !next.has(id));
    this.versions = next;
    return { stale, left };
  }

  /** A hint raises the version only when none before it is missing: one that was lost must show at the next compare. */
  heard(name: string, companyId: unknown, version: unknown): void {
    if (typeof companyId !== 'string' || typeof version !== 'number' || !name.startsWith('memberships.')) return;
    if (this.versions.get(companyId) === version - 1) this.versions.set(companyId, version);
  }

  /** Versions from before a restore do not compare: everything is stale. */
  reset(): void {
    for (const id of this.versions.keys()) this.versions.set(id, -1);
  }
}
