"""A central system on the Python `ocpp` package, for `load`: what its documentation shows, and nothing more."""

import asyncio
import datetime

import websockets
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call_result
from ocpp.v16.enums import Action, RegistrationStatus


class Central(ChargePoint):
    @on(Action.boot_notification)
    def on_boot(self, **_):
        now = datetime.datetime.now(datetime.timezone.utc).isoformat()
        return call_result.BootNotification(current_time=now, interval=300, status=RegistrationStatus.accepted)

    @on(Action.meter_values)
    def on_meter_values(self, **_):
        return call_result.MeterValues()


async def serve(connection):
    try:
        await Central(connection.request.path.rsplit("/", 1)[1], connection).start()
    except websockets.ConnectionClosed:
        pass


async def main():
    async with websockets.serve(serve, "127.0.0.1", 0, subprotocols=["ocpp1.6"], compression=None) as server:
        print(f"listening at 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await asyncio.Future()


asyncio.run(main())
