/** `node healthcheck.mjs live|ready`: asks the process in this container, and exits 0 or 1. */
const url = `http://127.0.0.1:${process.env.INTERNAL_PORT}/health/${process.argv[2]}`;
const answer = await fetch(url, { signal: AbortSignal.timeout(4_000) }).catch((error) => {
  console.error(`${url}: ${error.cause?.code ?? error.message}`);
});
if (answer && !answer.ok) console.error(await answer.text());
process.exit(answer?.ok ? 0 : 1);
