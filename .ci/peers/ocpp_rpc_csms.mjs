// The npm package `ocpp-rpc` in strict mode (every message against the official schemas) as central system for one of
// our charge points, over a real socket. Usage: node ocpp_rpc_csms.mjs PATH/TO/charge-point

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

// The package is installed beside the build, not beside this file.
const { RPCServer } = createRequire(join(process.cwd(), "package.json"))("ocpp-rpc");

const IDENTITY = "EVKIT-PEER-2";
const CARD = "04A224B25C6480";
const seen = new Map();
const waiting = [];

function note(what) {
  console.log(`ocpp-rpc central system: ${what}`);
  seen.set(what, (seen.get(what) ?? 0) + 1);
  for (const wait of waiting) wait();
}

function until(what, times = 1, seconds = 30) {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`${what} was not seen ${times} times`)), seconds * 1000);
    const look = () => (seen.get(what) ?? 0) >= times && (clearTimeout(timer), done());
    waiting.push(look);
    look();
  });
}

const server = new RPCServer({ protocols: ["ocpp1.6"], strictMode: true });
let station;
let energy;
server.on("client", (client) => {
  station = client;
  if (client.identity !== IDENTITY) throw new Error(`identity ${client.identity}`);
  client.on("strictValidationFailure", ({ error }) => {
    console.error(error);
    process.exit(1);
  });
  const accepted = { idTagInfo: { status: "Accepted" } };
  client.handle("BootNotification", () => {
    note("boot");
    return { status: "Accepted", interval: 300, currentTime: new Date().toISOString() };
  });
  client.handle("Heartbeat", () => ({ currentTime: new Date().toISOString() }));
  client.handle("Authorize", () => accepted);
  client.handle("StatusNotification", ({ params }) => (note(`status ${params.connectorId} ${params.status}`), {}));
  client.handle("DiagnosticsStatusNotification", ({ params }) => (note(`diagnostics ${params.status}`), {}));
  client.handle("MeterValues", () => (note("meter values"), {}));
  client.handle("StartTransaction", ({ params }) => {
    energy = -params.meterStart;
    note("start");
    return { transactionId: 7, ...accepted };
  });
  client.handle("StopTransaction", ({ params }) => {
    energy += params.meterStop;
    note(`stop ${params.transactionId} ${params.reason}`);
    return {};
  });
});
const http = await server.listen(0, "127.0.0.1");
const { port } = http.address();

const folder = mkdtempSync(join(tmpdir(), "evkit-"));
writeFileSync(join(folder, "script.txt"), `1 plug 1\n12 unplug 1\n14 quit\n`);
const url = `ws://127.0.0.1:${port}/`;
const program = spawn(resolve(process.argv[2]), [url, "--id", IDENTITY, "--script", join(folder, "script.txt")], {
  stdio: "inherit",
});
const exit = new Promise((done) => program.on("exit", done));

await until("boot");
await until("status 1 Preparing");
const changed = await station.call("ChangeConfiguration", { key: "MeterValueSampleInterval", value: "1" });
if (changed.status !== "Accepted") throw new Error(JSON.stringify(changed));
const started = await station.call("RemoteStartTransaction", { connectorId: 1, idTag: CARD });
if (started.status !== "Accepted") throw new Error(JSON.stringify(started));
await until("start");
await until("status 1 Charging");
await until("meter values", 3);
const diagnostics = await station.call("GetDiagnostics", { location: `file://${folder}` });
await until("diagnostics Uploaded");
const log = readFileSync(join(folder, diagnostics.fileName), "utf8");
if (!log.includes("transaction started")) throw new Error(log);
const stopped = await station.call("RemoteStopTransaction", { transactionId: 7 });
if (stopped.status !== "Accepted") throw new Error(JSON.stringify(stopped));
await until("stop 7 Remote");
const status = await exit;
if (status !== 0) throw new Error(`the station exited with ${status}`);
if (!(energy > 0)) throw new Error(`no energy: ${energy}`);
console.log("ocpp-rpc central system: one transaction, every message valid");
await server.close({ force: true });
process.exit(0);
