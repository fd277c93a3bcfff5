// node docker/healthcheck.mjs URL: ends with status 0 where the address answers well.
try {
  const { ok } = await fetch(process.argv[2], { signal: AbortSignal.timeout(4000) });
  process.exitCode = ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
