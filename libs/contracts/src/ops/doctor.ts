import { z } from 'zod';

export const FindingView = z
  .object({
    check: z.string(),
    severity: z.enum(['critical', 'warning']).meta({ description: '`critical`: something does not work now' }),
    cause: z.string(),
    evidence: z.string().meta({ description: 'The figures that show it' }),
    remedy: z.string(),
    runbook: z.string().nullable().meta({ description: 'A page below docs/runbooks' }),
  })
  .meta({ id: 'Finding' });
export type FindingView = z.infer<typeof FindingView>;

export const DoctorView = z
  .object({
    findings: z.array(FindingView).meta({ description: 'The critical ones first' }),
    healthy: z.array(z.string()).meta({ description: 'Checks without a finding' }),
  })
  .meta({ id: 'Doctor', description: 'What is wrong, why, and what to do' });
export type DoctorView = z.infer<typeof DoctorView>;
