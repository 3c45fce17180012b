// SPDX-License-Identifier: GPL-3.0-or-later
// graphile-worker's side of bench/queue, with the modes and answers of queue_driver.cpp:
//   process FOLDER DATABASE COUNT CONCURRENCY | produce FOLDER DATABASE COUNT | work FOLDER DATABASE COUNT
// FOLDER is the server's socket's. Its own defaults everywhere, but no log: it would only cost it time.
"use strict";
const { Pool } = require("pg");
const { Logger, makeWorkerUtils, run, runMigrations, runOnce } = require("graphile-worker");

const [mode, host, database, countWord, concurrencyWord] = process.argv.slice(2);
const count = Number(countWord);
const pgPool = new Pool({ host, database, user: "civicum", max: 10 });
pgPool.on("error", (error) => console.error(error));
pgPool.on("connect", (client) => client.on("error", (error) => console.error(error)));
const logger = new Logger(() => () => {});
const now = () => process.hrtime.bigint();
const answer = (figures) => console.log(JSON.stringify(figures));
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function timeRunOnce(concurrency, tasks) {
  const begin = now();
  await runOnce({ pgPool, logger, concurrency, taskList: tasks, noHandleSignals: true });
  return Number(now() - begin) / 1e9;
}

// As its own perfTest: what it takes to start and stop without a job is taken off.
async function processAll() {
  const concurrency = Number(concurrencyWord);
  let done = 0;
  const tasks = { page: () => { done += 1; } };
  const fill = (jobs) => pgPool.query(
    "SELECT graphile_worker.add_job('page', json_build_object('page', i)) FROM generate_series(1, $1::int) i", [jobs]);
  await runMigrations({ pgPool, logger });
  await fill(200);
  await timeRunOnce(concurrency, tasks);
  const idle = await timeRunOnce(concurrency, tasks);
  await fill(count);
  done = 0;
  const seconds = await timeRunOnce(concurrency, tasks) - idle;
  if (done !== count) throw new Error(`${done} of ${count} jobs were done`);
  answer({ seconds, count });
}

async function produce() {
  const utils = await makeWorkerUtils({ pgPool, logger });
  for (let i = 0; i < count; ++i) {
    await pause(20 + 30 * Math.random());
    await utils.addJob("idle", { at: String(now()) });
  }
  await utils.release();
}

async function work() {
  const latencies = [];
  let finish;
  const all = new Promise((done) => { finish = done; });
  const idle = (payload) => {
    latencies.push(Number(now() - BigInt(payload.at)));
    if (latencies.length === count) finish();
  };
  const runner = await run({ pgPool, logger, concurrency: 1, taskList: { idle }, noHandleSignals: true });
  await pause(1000);  // its listener has no event of being there
  console.log("ready");
  await all;
  await runner.stop();
  latencies.sort((a, b) => a - b);
  const at = (percent) => latencies[Math.floor((count - 1) * percent / 100)];
  answer({ p50_ns: at(50), p99_ns: at(99), count });
}

({ process: processAll, produce, work })[mode]().then(() => pgPool.end()).catch((error) => {
  console.error(error);
  process.exit(1);
});
