// A small HTTP server that asks itself a thousand times, reads files, starts a child and sets timers; says what came of it.
const http = require('http'), fs = require('fs'), child = require('child_process'), dns = require('dns');

const server = http.createServer((request, response) => {
  fs.readFile(__filename, (error, text) => response.end(error ? error.code : `${request.url} ${text.length}`));
});
const get = (path) => new Promise((done, fail) => {
  http.get({ port: server.address().port, host: '127.0.0.1', path }, (response) => {
    let body = '';
    response.on('data', (part) => { body += part; });
    response.on('end', () => done(body));
  }).on('error', fail);
});
server.listen(0, '127.0.0.1', async () => {
  const bodies = new Set();
  for (let i = 0; i < 1000; i++) bodies.add(await get(`/${i % 10}`));
  console.log([...bodies].sort().join('\n'));
  console.log(String(child.execFileSync('/bin/echo', ['a child'])).trim());
  console.log(await new Promise((done) => dns.lookup('localhost', { family: 4 }, (error, address) => done(error ? error.code : address))));
  const before = process.hrtime.bigint();
  await new Promise((done) => setTimeout(done, 50));
  console.log(process.hrtime.bigint() - before >= 49000000n ? 'slept long enough' : 'slept too short');
  fs.open('/nonexistent', (error) => {
    console.log(error.code);
    server.close();
  });
});
