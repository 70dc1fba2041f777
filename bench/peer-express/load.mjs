// Load generator if wrk is not installed: node load.mjs URL CALLERS SECONDS TOKEN.
// The percentiles of autocannon are whole milliseconds, so they are computed here.
import autocannon from 'autocannon';

const [url, connections, duration, token] = process.argv.slice(2);
const times = [];
const headers = { authorization: `Bearer ${token}` };
const load = autocannon({ url, connections: Number(connections), duration: Number(duration), headers });
load.on('response', (client, status, bytes, milliseconds) => times.push(milliseconds));
const result = await load;
times.sort((a, b) => a - b);
const percentile = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
console.log(
  JSON.stringify({
    requests: result['2xx'],
    seconds: result.duration,
    p50: percentile(0.5),
    p99: percentile(0.99),
    failures: result.non2xx + result.errors + result.timeouts,
  }),
);
