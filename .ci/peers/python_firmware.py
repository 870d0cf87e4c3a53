"""The Python `ocpp` package as central system of the reference firmware, driven by the plant's scenarios.

Usage: python_firmware.py --listen HOST:PORT --log FILE

Takes the same commands as `csms` on standard input, says in the same way where it listens, and keeps the same log of
frames. Besides: `IDENTITY call ACTION JSON` sends any call, `IDENTITY flood COUNT` many frames at once.
The package validates every message of the station against the official schemas.
"""

import argparse
import asyncio
import datetime
import json
import sys
import threading
import uuid

import websockets
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call_result
from ocpp.v16.enums import Action, AuthorizationStatus, RegistrationStatus


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat()


class Books:
    """What outlives a connection: transactions, the log, and who is connected."""

    def __init__(self, log):
        self.log = open(log, "a", encoding="utf-8")
        self.transactions = {}
        self.open = {}
        self.centrals = {}

    def note(self, identity, sender, frame):
        line = {"time": now(), "station": identity, "from": sender, "frame": json.loads(frame)}
        self.log.write(json.dumps(line) + "\n")
        self.log.flush()

    def start(self, payload):
        key = (payload["connector_id"], payload["id_tag"], payload["timestamp"], payload["meter_start"])
        number = self.transactions.setdefault(key, len(self.transactions) + 1)
        self.open[payload["connector_id"]] = number
        return number


class Logged:
    """A connection that keeps every frame."""

    def __init__(self, connection, identity, books):
        self.connection, self.identity, self.books = connection, identity, books

    async def recv(self):
        frame = await self.connection.recv()
        self.books.note(self.identity, "station", frame)
        return frame

    async def send(self, frame):
        self.books.note(self.identity, "csms", frame)
        await self.connection.send(frame)


class Central(ChargePoint):
    def __init__(self, identity, connection, books):
        super().__init__(identity, Logged(connection, identity, books))
        self.raw = connection
        self.books = books

    @on(Action.boot_notification)
    def on_boot(self, **_):
        return call_result.BootNotification(current_time=now(), interval=300, status=RegistrationStatus.accepted)

    @on(Action.status_notification)
    def on_status(self, **_):
        return call_result.StatusNotification()

    @on(Action.heartbeat)
    def on_heartbeat(self, **_):
        return call_result.Heartbeat(current_time=now())

    @on(Action.authorize)
    def on_authorize(self, **_):
        return call_result.Authorize(id_tag_info={"status": AuthorizationStatus.accepted})

    @on(Action.start_transaction)
    def on_start(self, **payload):
        accepted = {"status": AuthorizationStatus.accepted}
        return call_result.StartTransaction(transaction_id=self.books.start(payload), id_tag_info=accepted)

    @on(Action.meter_values)
    def on_meter_values(self, **_):
        return call_result.MeterValues()

    @on(Action.stop_transaction)
    def on_stop(self, **_):
        return call_result.StopTransaction(id_tag_info={"status": AuthorizationStatus.accepted})

    async def obey(self, command, rest):
        if command == "start":
            connector, id_tag = rest.split()
            await self.ask("RemoteStartTransaction", {"connectorId": int(connector), "idTag": id_tag})
        elif command == "stop":
            await self.ask("RemoteStopTransaction", {"transactionId": self.books.open[int(rest)]})
        elif command == "limit":
            connector, amps, seconds = rest.split()
            await self.ask("SetChargingProfile", limit(int(connector), int(amps), int(seconds)))
        elif command == "call":
            action, _, payload = rest.partition(" ")
            await self.ask(action, json.loads(payload))
        elif command == "flood":
            await self.flood(int(rest))

    async def ask(self, action, payload):
        """Sends a call as it is, without the package's own check: what it refuses is wanted as well."""
        await self._connection.send(json.dumps([2, str(uuid.uuid4()), action, payload]))

    async def flood(self, count):
        frames = [
            '[2,"%d","GetConfiguration",{}]',
            '[2,"%d","Heartbeat",{"no":"such"}]',
            '[3,"%d",{}]',
            '[4,"%d","InternalError","",{}]',
            '[2,"%d"',
            '{"frame":%d}',
        ]
        for number in range(count):
            await self.raw.send(frames[number % len(frames)] % number)


def limit(connector, amps, seconds):
    schedule = {
        "duration": seconds,
        "startSchedule": now(),
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": amps}],
    }
    profile = {
        "chargingProfileId": 1 + connector,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": schedule,
    }
    return {"connectorId": connector, "csChargingProfiles": profile}


def read_commands(loop, commands):
    for line in sys.stdin:
        loop.call_soon_threadsafe(commands.put_nowait, line.strip())


async def obey(books, commands):
    while True:
        identity, _, rest = (await commands.get()).partition(" ")
        command, _, rest = rest.partition(" ")
        if identity in books.centrals:
            try:
                await books.centrals[identity].obey(command, rest)
            except (websockets.ConnectionClosed, KeyError, ValueError) as problem:
                print(f"{command} {rest}: {problem!r}", file=sys.stderr, flush=True)


async def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--listen", required=True)
    arguments.add_argument("--log", required=True)
    arguments = arguments.parse_args()
    books, commands = Books(arguments.log), asyncio.Queue()

    async def serve(connection):
        identity = connection.request.path.strip("/").split("/")[-1]
        central = books.centrals[identity] = Central(identity, connection, books)
        try:
            await central.start()
        except websockets.ConnectionClosed:
            pass

    host, port = arguments.listen.split(":")
    async with websockets.serve(serve, host, int(port), subprotocols=["ocpp1.6"]) as server:
        print(f"listening at ws://{host}:{server.sockets[0].getsockname()[1]}/", flush=True)
        threading.Thread(target=read_commands, args=(asyncio.get_running_loop(), commands), daemon=True).start()
        await obey(books, commands)


asyncio.run(main())
