/**
 * Where a test wants a server that it takes away and starts again on the same port: apart from where the others look for a
 * free one, or one of them has it in between and the clients of this one talk to a stranger.
 */
export const ownPort = (): number => 20_000 + (process.pid % 500) * 20;
