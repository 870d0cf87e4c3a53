"""The Python `ocpp` package as station of our central system, over real sockets and TLS (security profile 2).

Usage: python_station.py PATH/TO/csms

The package validates every message against the official schemas. The station registers, is started, limited and
stopped from the central system, loses its connection and delivers afterwards what it could not, twice; sends a message
that breaks its schema, one with an unknown action and frames that are none; and connections with the wrong root or the
wrong password do not come about.
"""

import asyncio
import base64
import datetime
import json
import pathlib
import ssl
import sys
import tempfile
import urllib.request

import trustme
import websockets
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call, call_result
from ocpp.v16.enums import Action

IDENTITY = "PYTHON-1"
PASSWORD = "0123456789abcdef"
CARD = "04A224B25C6480"


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat()


class Station(ChargePoint):
    def __init__(self, connection):
        super().__init__(IDENTITY, connection)
        self.commands = asyncio.Queue()

    @on(Action.remote_start_transaction)
    def on_remote_start(self, **payload):
        self.commands.put_nowait(("start", payload))
        return call_result.RemoteStartTransaction(status="Accepted")

    @on(Action.remote_stop_transaction)
    def on_remote_stop(self, **payload):
        self.commands.put_nowait(("stop", payload))
        return call_result.RemoteStopTransaction(status="Accepted")

    @on(Action.set_charging_profile)
    def on_profile(self, **payload):
        self.commands.put_nowait(("profile", payload))
        return call_result.SetChargingProfile(status="Accepted")

    async def command(self, name):
        got, payload = await asyncio.wait_for(self.commands.get(), 10)
        assert got == name, (got, payload)
        return payload


class Central:
    """Our `csms` as a process."""

    @classmethod
    async def start(cls, program, *arguments):
        central = cls()
        central.process = await asyncio.create_subprocess_exec(
            program, "--listen", "127.0.0.1:0", *arguments,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )
        line = (await asyncio.wait_for(central.process.stdout.readline(), 10)).decode()
        central.port = int(line.split("127.0.0.1:")[1].split("/")[0])
        return central

    def says(self, command):
        self.process.stdin.write(f"{IDENTITY} {command}\n".encode())

    def state(self, context):
        url = f"https://localhost:{self.port}/api/stations"
        return json.load(urllib.request.urlopen(url, context=context, timeout=10))


def connect(port, context, password=PASSWORD):
    credentials = base64.b64encode(f"{IDENTITY}:{password}".encode()).decode()
    return websockets.connect(
        f"wss://localhost:{port}/ocpp/{IDENTITY}", ssl=context, subprotocols=["ocpp1.6"],
        additional_headers={"Authorization": f"Basic {credentials}"},
    )


async def expect_refusal(connection, kind, says):
    try:
        async with connection:
            raise AssertionError("the connection should not have come about")
    except kind as problem:
        assert says in str(problem), problem


async def raw(connection, frame, code):
    """Sends what the package would not; the answer has to be this error."""
    await connection.send(frame)
    answer = json.loads(await asyncio.wait_for(connection.recv(), 10))
    assert answer[0] == 4 and answer[2] == code, (frame, answer)


async def mistakes(port, context):
    async with connect(port, context) as connection:
        await raw(connection, '[2,"m1","BootNotification",{"chargePointVendor":"x"}]', "OccurenceConstraintViolation")
        await raw(connection, '[2,"m2","Heartbeat",{"extra":1}]', "FormationViolation")
        await raw(connection, '[2,"m3","Nonsense",{}]', "NotImplemented")
        await raw(connection, '[2,"m4","GetConfiguration",{}]', "NotSupported")
        for garbage in ["", "{", "[]", '[2,"m5"]', "[9]", '[3,"never asked",{}]']:
            await connection.send(garbage)
        station = Station(connection)
        task = asyncio.create_task(station.start())
        answer = await station.call(call.Heartbeat())
        assert answer.current_time.endswith("Z"), answer
        task.cancel()


async def session(central, context):
    """Returns the messages a station would have to send again after losing the connection."""
    async with connect(central.port, context) as connection:
        assert connection.subprotocol == "ocpp1.6"
        station = Station(connection)
        task = asyncio.create_task(station.start())
        answer = await station.call(call.BootNotification(charge_point_vendor="Peer", charge_point_model="Python"))
        assert (answer.status, answer.interval) == ("Accepted", 300), answer
        await station.call(call.StatusNotification(connector_id=1, error_code="NoError", status="Available"))
        central.says(f"start 1 {CARD}")
        assert (await station.command("start")) == {"connector_id": 1, "id_tag": CARD}
        started = call.StartTransaction(connector_id=1, id_tag=CARD, meter_start=100, timestamp=now())
        transaction = (await station.call(started)).transaction_id
        again = (await station.call(started)).transaction_id
        assert transaction == again, "a repeated start is the same transaction"
        central.says("limit 1 10 600")
        period = (await station.command("profile"))["cs_charging_profiles"]["charging_schedule"]
        assert period["charging_schedule_period"] == [{"start_period": 0, "limit": 10}], period
        sample = {"timestamp": now(), "sampled_value": [{"value": "150", "unit": "Wh"}]}
        await station.call(call.MeterValues(connector_id=1, transaction_id=transaction, meter_value=[sample]))
        central.says("stop 1")
        assert (await station.command("stop")) == {"transaction_id": transaction}
        task.cancel()
    return call.StopTransaction(meter_stop=300, timestamp=now(), transaction_id=transaction, reason="Remote")


async def main(program):
    authority, stranger = trustme.CA(), trustme.CA()
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = pathlib.Path(folder, "server.crt"), pathlib.Path(folder, "server.key")
        identity = authority.issue_cert("localhost")
        identity.cert_chain_pems[0].write_to_path(certificate)
        identity.private_key_pem.write_to_path(key)
        trusting, doubting = ssl.create_default_context(), ssl.create_default_context()
        authority.configure_trust(trusting)
        stranger.configure_trust(doubting)
        central = await Central.start(
            program, "--tls", str(certificate), str(key), "--security-profile", "2", "--password", PASSWORD
        )
        await expect_refusal(connect(central.port, doubting), ssl.SSLCertVerificationError, "CERTIFICATE_VERIFY_FAILED")
        await expect_refusal(connect(central.port, trusting, "wrong"), websockets.InvalidStatus, "HTTP 401")
        await mistakes(central.port, trusting)
        stop = await session(central, trusting)
        for _ in range(2):
            # What was not delivered comes with the next connection, and again if its answer was lost.
            async with connect(central.port, trusting) as connection:
                station = Station(connection)
                task = asyncio.create_task(station.start())
                await station.call(stop)
                task.cancel()
        state = await asyncio.to_thread(central.state, trusting)
        central.process.terminate()
        await central.process.wait()
    transactions = state["transactions"]
    assert len(transactions) == 1, state
    assert (transactions[0]["meter_start"], transactions[0]["stop"]["meter"]) == (100, 300), state
    print("python station: one transaction over three connections, four refusals, wrong root and wrong password refused")


asyncio.run(main(sys.argv[1]))
