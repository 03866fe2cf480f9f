/** `BENCH_PROFILE=<folder>` leaves a CPU profile of every process of ours there, and of every server of the realtime bench. */
export function profileFlags(): string[] {
  const folder = process.env['BENCH_PROFILE'];
  return folder ? ['--cpu-prof', '--cpu-prof-dir', folder] : [];
}
