// The npm package `ocpp-rpc` in strict mode (every message against the official schemas) as central system for one of
// our charge points, over a real socket. Usage: node ocpp_rpc_csms.mjs PATH/TO/charge-point

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

// The package is installed beside the build, not beside this file.
const { RPCServer, createRPCError } = createRequire(join(process.cwd(), "package.json"))("ocpp-rpc");

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
let away = false;
server.auth((accept, reject) => (away ? reject(503) : accept()));
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
  client.handle("MeterValues", () => {
    if (!seen.has("meter values refused")) {
      note("meter values refused");
      throw createRPCError("NotSupported");
    }
    note("meter values");
    return {};
  });
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
writeFileSync(join(folder, "script.txt"), `1 plug 1\n14 unplug 1\n20 quit\n`);
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

// Frames that are none change nothing.
for (const garbage of ["", "{", "[]", '[2,"m0"]', "[9]", '[3,"never asked",{}]']) station._ws.send(garbage);
const profile = {
  chargingProfileId: 1,
  transactionId: 7,
  stackLevel: 0,
  chargingProfilePurpose: "TxProfile",
  chargingProfileKind: "Relative",
  chargingSchedule: { chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 0, limit: 8.1 }] },
};
const limited = await station.call("SetChargingProfile", { connectorId: 1, csChargingProfiles: profile });
if (limited.status !== "Accepted") throw new Error(JSON.stringify(limited));
const composite = await station.call("GetCompositeSchedule", { connectorId: 1, duration: 60 });
const { limit } = composite.chargingSchedule.chargingSchedulePeriod[0];
if (limit !== 8.1) throw new Error(JSON.stringify(composite));
const stopped = await station.call("RemoteStopTransaction", { transactionId: 7 });
if (stopped.status !== "Accepted") throw new Error(JSON.stringify(stopped));
await until("stop 7 Remote");

// The end of the next transaction comes while nobody is there, and is told afterwards.
const again = await station.call("RemoteStartTransaction", { connectorId: 1, idTag: CARD });
if (again.status !== "Accepted") throw new Error(JSON.stringify(again));
await until("start", 2);
away = true;
await station.close({ force: true });
await new Promise((done) => setTimeout(done, 12_000));
if (seen.has("stop 7 EVDisconnected")) throw new Error("a stop without a connection");
away = false;
await until("stop 7 EVDisconnected");
const status = await exit;
if (status !== 0) throw new Error(`the station exited with ${status}`);
if (!(energy > 0)) throw new Error(`no energy: ${energy}`);

// Over TLS it shows a certificate that the station does not trust.
const certificate = (name) => {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
  execFileSync("openssl", ["req", "-x509", "-nodes", ...curve, ...subject, "-keyout", key, "-out", cert], { stdio: "ignore" });
  return { key, cert };
};
const [shown, trusted] = [certificate("shown"), certificate("trusted")];
const tls = createServer({ key: readFileSync(shown.key), cert: readFileSync(shown.cert) });
tls.on("upgrade", () => { throw new Error("a connection over TLS came about"); });
await once(tls.listen(0, "127.0.0.1"), "listening");
const address = `wss://localhost:${tls.address().port}/`;
const doubting = spawn(resolve(process.argv[2]), [address, "--id", IDENTITY, "--root", trusted.cert]);
const [line] = await once(doubting.stderr, "data");
doubting.kill();
if (!String(line).includes("TLS: invalid peer certificate")) throw new Error(line);
console.log("ocpp-rpc central system: two transactions, every message valid; a wrong certificate refused");
await server.close({ force: true });
process.exit(0);
