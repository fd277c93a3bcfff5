/**
 * The environment of tests as Jest has it, and a quick end of its processes: one of which nothing is at work any more ends at once, without
 * giving back half a gigabyte piece by piece. On a busy machine that took longer than Jest waits, which then spoke of tests that leak. One that
 * does leak - a timer, a connection, a process - never gets here, and is told of as before.
 */
const { TestEnvironment } = require('jest-environment-node');

if (process.send !== undefined) process.once('beforeExit', () => process.exit());

module.exports = TestEnvironment;
