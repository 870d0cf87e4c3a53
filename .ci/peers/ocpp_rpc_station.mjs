// The npm package `ocpp-rpc` in strict mode (every message against the official schemas) as station of our central
// system, which is killed and comes back in the middle of a session. Usage: node ocpp_rpc_station.mjs PATH/TO/csms

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

// The package is installed beside the build, not beside this file.
const { RPCClient } = createRequire(join(process.cwd(), "package.json"))("ocpp-rpc");

const IDENTITY = "NODE-1";
const PASSWORD = "0123456789abcdef";
const CARD = "04A224B25C6480";

async function csms(listen, ...tls) {
  const profile = tls.length ? "2" : "1";
  const security = [...tls, "--security-profile", profile, "--password", PASSWORD];
  const program = spawn(process.argv[2], ["--listen", listen, ...security], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = await once(program.stdout, "data");
  const address = /127\.0\.0\.1:\d+/.exec(line)[0];
  return { program, address, says: (command) => program.stdin.write(`${IDENTITY} ${command}\n`) };
}

function expect(what, got, wanted) {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) {
    throw new Error(`${what}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`);
  }
}

function station(address, password) {
  const client = new RPCClient({
    endpoint: `ws://${address}`,
    identity: IDENTITY,
    password,
    protocols: ["ocpp1.6"],
    strictMode: true,
    reconnect: true,
    backoff: { initialDelay: 200, maxDelay: 1000 },
  });
  const commands = [];
  for (const action of ["RemoteStartTransaction", "RemoteStopTransaction", "SetChargingProfile"]) {
    client.handle(action, ({ params }) => (commands.push([action, params]), { status: "Accepted" }));
  }
  return { client, commands };
}

async function until(what, condition) {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await condition()) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${what} did not happen`);
}

async function state(address) {
  return (await fetch(`http://${address}/api/stations`)).json();
}

const stamp = () => new Date().toISOString();
let central = await csms("127.0.0.1:0");

const stranger = station(central.address, "fedcba9876543210").client;
const refused = await stranger.connect().then(() => undefined, (problem) => problem);
expect("wrong password", refused?.code, 401);

const { client, commands } = station(central.address, PASSWORD);
await client.connect();
expect("subprotocol", client.protocol, "ocpp1.6");
const boot = await client.call("BootNotification", { chargePointVendor: "Peer", chargePointModel: "Node" });
expect("boot", boot.status, "Accepted");
await client.call("StatusNotification", { connectorId: 1, errorCode: "NoError", status: "Available" });
central.says(`start 1 ${CARD}`);
await until("remote start", () => commands.length === 1);
expect("remote start", commands[0][1], { connectorId: 1, idTag: CARD });
const start = { connectorId: 1, idTag: CARD, meterStart: 5, timestamp: stamp() };
const { transactionId, idTagInfo } = await client.call("StartTransaction", start);
expect("start", idTagInfo.status, "Accepted");
central.says("limit 1 13 600");
await until("profile", () => commands.length === 2);
expect("limit", commands[1][1].csChargingProfiles.chargingSchedule.chargingSchedulePeriod, [{ startPeriod: 0, limit: 13 }]);

// What is wrong is refused with its code, and what is no frame changes nothing.
const answer = (frame) =>
  new Promise((done) => {
    client._ws.on("message", (data) => String(data).startsWith("[4,") && done(JSON.parse(data)));
    client._ws.send(frame);
  });
for (const garbage of ["", "{", "[]", "[9]", '[3,"never asked",{}]']) client._ws.send(garbage);
expect("an unknown action", (await answer('[2,"m1","Nonsense",{}]'))[2], "NotImplemented");
expect("a member too many", (await answer('[2,"m2","Heartbeat",{"extra":1}]'))[2], "FormationViolation");

// The central system dies. Its station goes on, and comes back when it is there again.
const before = await state(central.address);
expect("transactions", before.transactions.length, 1);
central.program.kill("SIGKILL");
await once(client, "disconnect");
const [address] = [central.address];
const stop = client.call("StopTransaction", { transactionId, meterStop: 905, timestamp: stamp(), reason: "Local" });
central = await csms(address);
await stop;
const after = await state(address);
expect("a stop without its start", after.anomalies.length, 1);
central.says("stop 1");
expect("heartbeat", (await client.call("Heartbeat", {})).currentTime.endsWith("Z"), true);
await client.close();
central.program.kill();

// Over TLS it shows a certificate that no root of ours vouches for.
const folder = mkdtempSync(join(tmpdir(), "evkit-"));
const [key, cert] = [join(folder, "server.key"), join(folder, "server.crt")];
const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-subj", "/CN=localhost"];
execFileSync("openssl", ["req", "-x509", "-nodes", ...curve, "-keyout", key, "-out", cert], { stdio: "ignore" });
const secure = await csms("127.0.0.1:0", "--tls", cert, key);
const doubting = new RPCClient({
  endpoint: `wss://localhost:${secure.address.split(":")[1]}`,
  identity: IDENTITY,
  password: PASSWORD,
  protocols: ["ocpp1.6"],
});
const problem = await doubting.connect().then(() => undefined, (problem) => problem);
secure.program.kill();
if (!/self-signed|unable to verify/.test(String(problem))) throw new Error(`wrong certificate: ${problem}`);
console.log("ocpp-rpc station: a session over a restart of the central system, two refusals, a wrong certificate");
process.exit(0);
