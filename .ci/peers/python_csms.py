"""The Python `ocpp` package as central system for one of our charge points, over a real socket.

Usage: python_csms.py PATH/TO/charge-point

The package validates every message against the official schemas. The central system takes the station
through a session (boot, configuration, card, profile, meter values, one of them refused, frames that are
none, diagnostics, remote stop) and a second one (remote start) whose end it is not there for, and fails when
a step is missing. Beforehand it shows a certificate of another root over TLS, and is not believed.
"""

import asyncio
import datetime
import http
import json
import pathlib
import ssl
import sys
import tempfile

import trustme
import websockets
from ocpp.exceptions import NotSupportedError
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call, call_result
from ocpp.v16.enums import (
    Action,
    AuthorizationStatus,
    ChargingProfileKindType,
    ChargingProfilePurposeType,
    ChargingRateUnitType,
    RegistrationStatus,
)

IDENTITY = "EVKIT-PEER-1"
CARD = "04A224B25C6480"
SCRIPT = f"""
# seconds  command
2.0   plug 1
2.5   card 1 {CARD}
14.0  unplug 1
15.0  plug 1
23.0  unplug 1
26.0  quit
"""


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat()


class Central(ChargePoint):
    """What one connection sees; `log` outlives it."""

    def __init__(self, connection, log):
        super().__init__(IDENTITY, connection)
        self.log = log

    async def route_message(self, raw):
        frame = json.loads(raw)
        if frame[0] == 4:
            self.log.note(f"refusal of {frame[1]}: {frame[2]}")
        await super().route_message(raw)

    @on(Action.diagnostics_status_notification)
    def on_diagnostics(self, status):
        self.log.note(f"diagnostics {status}")
        return call_result.DiagnosticsStatusNotification()

    @on(Action.boot_notification)
    def on_boot(self, **payload):
        self.log.note("boot", payload)
        return call_result.BootNotification(current_time=now(), interval=300, status=RegistrationStatus.accepted)

    @on(Action.status_notification)
    def on_status(self, connector_id, status, **_):
        self.log.note(f"status {connector_id} {status}")
        return call_result.StatusNotification()

    @on(Action.heartbeat)
    def on_heartbeat(self, **_):
        return call_result.Heartbeat(current_time=now())

    @on(Action.authorize)
    def on_authorize(self, id_tag, **_):
        self.log.note("authorize", id_tag)
        return call_result.Authorize(id_tag_info={"status": AuthorizationStatus.accepted})

    @on(Action.start_transaction)
    def on_start(self, **payload):
        transaction = self.log.start(payload)
        return call_result.StartTransaction(
            transaction_id=transaction, id_tag_info={"status": AuthorizationStatus.accepted}
        )

    @on(Action.meter_values)
    def on_meter_values(self, **payload):
        if self.log.count("meter values refused") == 0:
            self.log.note("meter values refused")
            raise NotSupportedError()
        self.log.note("meter values", payload)
        return call_result.MeterValues()

    @on(Action.stop_transaction)
    def on_stop(self, **payload):
        self.log.stop(payload)
        return call_result.StopTransaction(id_tag_info={"status": AuthorizationStatus.accepted})


class Log:
    """Everything that happened, and the steps that wait for it."""

    def __init__(self):
        self.entries = []
        self.started = {}
        self.stopped = {}
        self.changed = asyncio.Condition()
        # Connections are refused.
        self.away = False

    def note(self, what, detail=None):
        print(f"python central system: {what}", flush=True)
        self.entries.append((what, detail))
        asyncio.get_running_loop().create_task(self._wake())

    def start(self, payload):
        key = (payload["connector_id"], payload["id_tag"], payload["timestamp"], payload["meter_start"])
        transaction = self.started.setdefault(key, len(self.started) + 1)
        self.note(f"start {transaction}", payload)
        return transaction

    def stop(self, payload):
        self.stopped.setdefault(payload["transaction_id"], []).append(payload)
        self.note(f"stop {payload['transaction_id']} {payload.get('reason')}", payload)

    def count(self, what):
        return sum(1 for entry, _ in self.entries if entry == what)

    async def _wake(self):
        async with self.changed:
            self.changed.notify_all()

    async def seen(self, what, times=1, timeout=20):
        async with self.changed:
            await asyncio.wait_for(self.changed.wait_for(lambda: self.count(what) >= times), timeout)


async def mistakes(central, log):
    """Frames that are none, and calls that break their schema, in the middle of a session."""
    for garbage in ["", "{", "[]", '[2,"m0"]', "[9]", '[3,"never asked",{}]']:
        await central._connection.send(garbage)
    for frame, code in [
        ('[2,"m1","Reset",{"type":"Warm"}]', "PropertyConstraintViolation"),
        ('[2,"m2","Reset",{}]', "OccurenceConstraintViolation"),
        ('[2,"m3","Nonsense",{}]', "NotImplemented"),
    ]:
        await central._connection.send(frame)
        await log.seen(f"refusal of {frame[4:6]}: {code}")


async def session(central, log, folder):
    """Talks to the station while it charges."""
    await log.seen("boot")
    answer = await central.call(call.GetConfiguration(key=["HeartbeatInterval", "NoSuchKey"]))
    assert [k["key"] for k in answer.configuration_key] == ["HeartbeatInterval"], answer
    assert answer.unknown_key == ["NoSuchKey"], answer
    answer = await central.call(call.ChangeConfiguration(key="MeterValueSampleInterval", value="1"))
    assert answer.status == "Accepted", answer
    answer = await central.call(call.ChangeConfiguration(key="HeartbeatInterval", value="soon"))
    assert answer.status == "Rejected", answer

    await log.seen("start 1")
    await log.seen("meter values", times=2)
    profile = {
        "charging_profile_id": 1,
        "transaction_id": 1,
        "stack_level": 0,
        "charging_profile_purpose": ChargingProfilePurposeType.tx_profile,
        "charging_profile_kind": ChargingProfileKindType.relative,
        "charging_schedule": {
            "charging_rate_unit": ChargingRateUnitType.amps,
            "charging_schedule_period": [{"start_period": 0, "limit": 8.1}],
        },
    }
    answer = await central.call(call.SetChargingProfile(connector_id=1, cs_charging_profiles=profile))
    assert answer.status == "Accepted", answer
    answer = await central.call(call.GetCompositeSchedule(connector_id=1, duration=60))
    assert answer.status == "Accepted", answer
    assert str(answer.charging_schedule["charging_schedule_period"][0]["limit"]) == "8.1", answer
    await mistakes(central, log)
    answer = await central.call(call.GetDiagnostics(location=folder.as_uri()))
    await log.seen("diagnostics Uploaded")
    assert "transaction started" in (folder / answer.file_name).read_text()
    await log.seen("meter values", times=5)
    answer = await central.call(call.RemoteStopTransaction(transaction_id=1))
    assert answer.status == "Accepted", answer
    await log.seen("stop 1 Remote")

    # The second session loses its connection in the middle, and ends while nobody is there.
    await log.seen("status 1 Preparing", times=2)
    answer = await central.call(call.RemoteStartTransaction(id_tag=CARD, connector_id=1))
    assert answer.status == "Accepted", answer
    await log.seen("start 2")
    await log.seen("meter values", times=7)
    log.away = True
    await central._connection.close()


async def wrong_certificate(program):
    """A station with another root does not connect; with the right one it does."""
    authority, stranger = trustme.CA(), trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    connections = 0

    async def serve(connection):
        nonlocal connections
        connections += 1
        await connection.wait_closed()

    async with websockets.serve(serve, "127.0.0.1", 0, subprotocols=["ocpp1.6"], ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        with tempfile.TemporaryDirectory() as folder:
            for issuer, says in [(stranger, b"TLS: invalid peer certificate"), (authority, b"connected to")]:
                root = pathlib.Path(folder, "root.pem")
                issuer.cert_pem.write_to_path(root)
                station = await asyncio.create_subprocess_exec(
                    program, f"wss://localhost:{port}/", "--id", IDENTITY, "--root", str(root),
                    stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
                )
                line = await asyncio.wait_for(station.stdout.readline(), 20)
                station.kill()
                await station.wait()
                assert says in line, line
                assert connections == (issuer is authority), connections
    print("python central system: a certificate of another root is refused")


async def main(program):
    await wrong_certificate(program)
    log = Log()
    failures = []

    async def serve(connection):
        assert connection.request.path == f"/{IDENTITY}", connection.request.path
        assert connection.subprotocol == "ocpp1.6", connection.subprotocol
        central = Central(connection, log)
        first = log.count("connected") == 0
        log.note("connected")

        async def steps():
            try:
                await session(central, log, directory)
                log.note("session done")
            except Exception as problem:  # reported below, with the station's own output
                failures.append(problem)

        task = asyncio.create_task(steps()) if first else None
        try:
            await central.start()
        except websockets.ConnectionClosed:
            pass
        if task:
            await task

    def absent(connection, _):
        return connection.respond(http.HTTPStatus.SERVICE_UNAVAILABLE, "away\n") if log.away else None

    async def come_back():
        await log.seen("start 2", timeout=60)
        while not log.away:
            await asyncio.sleep(0.1)
        await asyncio.sleep(8)
        assert 2 not in log.stopped
        log.away = False

    async with websockets.serve(
        serve, "127.0.0.1", 0, subprotocols=["ocpp1.6"], process_request=absent
    ) as server:
        port = server.sockets[0].getsockname()[1]
        with tempfile.TemporaryDirectory() as folder:
            directory = pathlib.Path(folder)
            back = asyncio.create_task(come_back())
            script = pathlib.Path(folder, "script.txt")
            script.write_text(SCRIPT)
            station = await asyncio.create_subprocess_exec(
                program, f"ws://127.0.0.1:{port}/", "--id", IDENTITY, "--script", str(script),
                "--store", str(pathlib.Path(folder, "store")),
            )
            status = await asyncio.wait_for(station.wait(), 90)
            await back

    for failure in failures:
        raise failure
    assert status == 0, f"the station exited with {status}"
    assert log.count("session done") == 1
    assert log.count("connected") >= 2, "the station did not come back"
    assert sorted(log.stopped) == [1, 2], log.stopped
    assert all(len(stops) == 1 for stops in log.stopped.values()), log.stopped
    for key, transaction in log.started.items():
        stop = log.stopped[transaction][0]
        assert stop["meter_stop"] > key[3], f"transaction {transaction} has no energy"
    print(f"python central system: {len(log.started)} transactions, {len(log.entries)} messages, all valid")


asyncio.run(main(sys.argv[1]))
