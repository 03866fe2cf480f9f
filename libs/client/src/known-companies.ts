/** The membership versions that this device knows, to detect changes that it missed. */
export class KnownCompanies {
  private versions = new Map<string, number>();

  /** @param versions Those of `session.ready`. @returns the companies that changed or were left while this device was disconnected. */
  compare(versions: Record<string, number>): { stale: string[]; left: string[] } {
    const next = new Map(Object.entries(versions));
    const stale = [...next].filter(([id, version]) => version > (this.versions.get(id) ?? -1)).map(([id]) => id);
    const left = [...this.versions.keys()].filter((id) => !next.has(id));
    this.versions = next;
    return { stale, left };
  }

  /** A hint raises the version by one only: after a lost hint the version stays, so that the next `compare` finds the change. */
  advance(name: string, companyId: unknown, version: unknown): void {
    if (typeof companyId !== 'string' || typeof version !== 'number' || !name.startsWith('memberships.')) return;
    if (this.versions.get(companyId) === version - 1) this.versions.set(companyId, version);
  }

  /** Versions from before a restore do not compare: everything is stale. */
  reset(): void {
    for (const id of this.versions.keys()) this.versions.set(id, -1);
  }
}
