/** A child that is ready at once and stays until it is ended or its parent is gone. */
process.once('disconnect', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));
setInterval(() => undefined, 60_000);
process.send?.({ ready: true, word: process.env['WORD'] });
