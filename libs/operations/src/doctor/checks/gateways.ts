import type { GatewayState } from '@convene/realtime/gateway-directory';
import type { Check, Finding } from '../check';

/** That clients can connect, that their tokens are known there, and that inboxes can be read. */
export const gateways: Check = async ({ gateways: directory, host }) => {
  // Without Redis nothing is known of them, which the check of Redis tells.
  const running = await directory.list().catch(() => undefined);
  return running === undefined ? [] : judgeGateways(running, host.signingKeyId);
};

function judgeGateways(running: readonly GatewayState[], signingKeyId: string | undefined): readonly Finding[] {
  const findings: Finding[] = [];
  if (running.every(({ isDraining }) => isDraining)) {
    findings.push({
      severity: 'critical',
      cause: 'No ws-gateway accepts connections',
      evidence: running.length === 0 ? 'none has reported in the last 15 seconds' : `all ${running.length} drain`,
      remedy: 'Start one; notifications wait in the inboxes meanwhile',
      runbook: 'AppMissing.md',
    });
  }
  const strangers = running.filter(({ keyIds }) => signingKeyId !== undefined && !keyIds.includes(signingKeyId));
  if (strangers.length > 0) {
    findings.push({
      severity: 'critical',
      cause: 'ws-gateways refuse the tokens that are signed now',
      evidence: `${strangers.map(({ id }) => id).join(', ')} do not know the key ${signingKeyId}`,
      remedy: 'Give them its public key in JWT_PUBLIC_KEYS, beside those before it, and restart them (docs/secrets.md)',
      runbook: 'ConnectionsRefused.md',
    });
  }
  const full = running.filter(({ pool }) => pool.waiting > 0);
  if (full.length > 0) {
    findings.push({
      severity: 'warning',
      cause: 'The connections of ws-gateways to PostgreSQL are used up',
      evidence: full.map(({ id, pool }) => `${pool.waiting} wait for one of ${pool.limit} in ${id}`).join('; '),
      remedy: 'A transaction that was left open, or a slow statement, holds them: the runbook finds and ends it',
      runbook: 'DatabasePoolExhausted.md',
    });
  }
  return findings;
}
