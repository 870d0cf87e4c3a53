// A central system on the npm package `ocpp-rpc` with validation on, for `load`. To be run where the package is installed.

import { createRequire } from "node:module";
import { join } from "node:path";

const { RPCServer } = createRequire(join(process.cwd(), "package.json"))("ocpp-rpc");

const server = new RPCServer({ protocols: ["ocpp1.6"], strictMode: true });
server.on("client", (client) => {
  client.handle("BootNotification", () => ({
    status: "Accepted",
    interval: 300,
    currentTime: new Date().toISOString(),
  }));
  client.handle("MeterValues", () => ({}));
});
const http = await server.listen(0, "127.0.0.1");
console.log(`listening at 127.0.0.1:${http.address().port}`);
