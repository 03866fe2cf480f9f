/** The sum of a metric over processes and all its label sets that contain `label`. @param urls Internal ones. */
export async function sumOfMetric(urls: readonly string[], name: string, label: string): Promise<number> {
  const line = new RegExp(`^${name}(?=[ {])(.*) (\\S+)$`, 'gm');
  const texts = await Promise.all(urls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
  return texts
    .flatMap((text) => [...text.matchAll(line)])
    .reduce((sum, [, set, value]) => sum + (set?.includes(label) ? Number(value) : 0), 0);
}
