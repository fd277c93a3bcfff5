/** A child that ends before it is ready. */
process.stdout.write('{"level":30,"msg":"an entry of its log"}\n');
process.stderr.write('the port is taken\n');
process.exit(3);
