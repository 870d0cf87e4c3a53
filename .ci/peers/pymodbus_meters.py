"""pymodbus on both ends of a connection: as client of our simulated meters, as server for our reader.

Usage: pymodbus_meters.py PATH/TO/evkit

For ten maps. Every register is decoded here a second time, from the columns of `evkit meters list`, with exact
arithmetic; the values must agree exactly.
"""

import asyncio
import fractions
import json
import struct
import subprocess
import sys

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.datastore import ModbusDeviceContext, ModbusSequentialDataBlock, ModbusServerContext
from pymodbus.server import ModbusTcpServer

# One of each kind: floats of both word orders and lengths, integers from 16 to 64 bits, both function codes, tariffs,
# sentinels, import and export as a pair.
MODELS = [
    "PAC2200 (7KM2200)",
    "SDM630 (v1, v2, MID)",
    "B23 312-100",
    "EM340",
    "UMG 96RM, 96-PA, 96RM-E",
    "Smart Energy Meter (KSEM)",
    "Countis E33, E34, E43, E44",
    "iEM3155, iEM3255, iEM3355, iEM3455, iEM3555 (A9MEM3x55)",
    "PRO380-Mod (protocol V2)",
    "DTSU666",
]


class Row:
    """A line of `evkit meters list`."""

    def __init__(self, line):
        self.__dict__.update(line)
        self.kind, _, order = self.encoding.partition(" ")
        self.low_first = order == "le-word-swap"

    def is_numeric(self):
        return self.kind[0] in "uif" and self.kind[1:].isdigit() and not self.scale.startswith(("10^", "["))

    def number(self, words):
        """The number in registers, exactly."""
        words = list(reversed(words)) if self.low_first else words
        raw = b"".join(word.to_bytes(2, "big") for word in words)
        if self.kind.startswith("f"):
            raw = fractions.Fraction(struct.unpack(">f" if len(raw) == 4 else ">d", raw)[0])
        else:
            raw = fractions.Fraction(int.from_bytes(raw, "big", signed=self.kind.startswith("i")))
        return raw * fractions.Fraction(self.scale)

    def words_of(self, raw):
        """Registers that hold the raw number `raw`."""
        if self.kind.startswith("f"):
            raw = struct.pack(">f" if self.words == 2 else ">d", float(raw))
        else:
            raw = int(raw).to_bytes(2 * self.words, "big", signed=self.kind.startswith("i"))
        words = [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]
        return list(reversed(words)) if self.low_first else words


def rows_of(lines, model):
    """Rows of a model that hold a number at a fixed scale: the first of each quantity, and none of those that lie
    over others, since one server cannot hold both."""
    every = [row for row in map(Row, lines) if row.model == model and row.access == "read"]
    other = {row.quantity for row in every if not row.is_numeric()}
    rows, taken = {}, set()
    for row in every:
        if row.quantity in rows or row.quantity in other:
            continue
        registers = {(row.function_code, row.address + offset) for offset in range(row.words)}
        if taken.isdisjoint(registers):
            rows[row.quantity] = row
            taken |= registers
    if not rows:
        raise SystemExit(f"no map {model}")
    return rows


def raw_numbers(rows):
    """A different raw number for each row; signed ones are negative now and then. Floats get eighths, which both
    float lengths hold exactly and six decimals show exactly."""
    numbers = {}
    for index, row in enumerate(rows.values()):
        raw = 100 + 3 * index
        if row.kind.startswith("f"):
            raw += fractions.Fraction(index % 8, 8)
        if row.kind[0] in "if" and index % 3 == 1:
            raw = -raw
        numbers[row.quantity] = raw
    return numbers


def decimal_text(number):
    """A fraction with a power of ten below as decimal digits."""
    digits = 0
    while (number * 10**digits).denominator != 1:
        digits += 1
    text = str(abs(int(number * 10**digits))).rjust(digits + 1, "0")
    text = text[: len(text) - digits] + ("." + text[len(text) - digits :] if digits else "")
    return ("-" if number < 0 else "") + text


async def read_our_simulator(evkit, model, rows):
    """pymodbus reads each register of our server; the numbers must be those that were set."""
    numbers = {name: raw * fractions.Fraction(rows[name].scale) for name, raw in raw_numbers(rows).items()}
    settings = [f"--set={name}={decimal_text(number)}" for name, number in numbers.items()]
    process = await asyncio.create_subprocess_exec(
        evkit, "meters", "simulate", model, "--listen", "127.0.0.1:0", *settings, stdout=subprocess.PIPE
    )
    try:
        line = (await process.stdout.readline()).decode().strip()
        host, port = line.rsplit(" ", 1)[1].rsplit(":", 1)
        client = AsyncModbusTcpClient(host, port=int(port))
        assert await client.connect(), line
        for row in rows.values():
            read = client.read_input_registers if row.function_code == 4 else client.read_holding_registers
            answer = await read(row.address, count=row.words, device_id=1)
            assert not answer.isError(), f"{model} {row.quantity}: {answer}"
            got = row.number(answer.registers)
            assert got == numbers[row.quantity], f"{model} {row.quantity}: {got} is not {numbers[row.quantity]}"
        client.close()
    finally:
        process.kill()
        await process.wait()
    return len(rows)


async def read_with_our_reader(evkit, model, rows):
    """Our reader reads a pymodbus server; the values it prints must be those that were put in."""
    raw = raw_numbers(rows)
    blocks = {3: [0] * 65536, 4: [0] * 65536}
    for name, row in rows.items():
        words = row.words_of(raw[name])
        blocks[row.function_code][row.address : row.address + row.words] = words
    # The data block counts from one, the wire from zero.
    context = ModbusDeviceContext(
        hr=ModbusSequentialDataBlock(1, blocks[3]), ir=ModbusSequentialDataBlock(1, blocks[4])
    )
    server = ModbusTcpServer(ModbusServerContext(devices=context, single=True), address=("127.0.0.1", 0))
    task = asyncio.create_task(server.serve_forever())
    while server.transport is None:
        await asyncio.sleep(0.01)
    port = server.transport.sockets[0].getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        evkit, "--json", "meters", "read", model, *rows, "--tcp", f"127.0.0.1:{port}", stdout=subprocess.PIPE
    )
    output, _ = await process.communicate()
    await server.shutdown()
    await task
    assert process.returncode == 0, f"{model}: exit status {process.returncode}"
    printed = {}
    for line in map(json.loads, output.decode().splitlines()):
        assert line["quantity"] not in printed, f"{model} {line['quantity']} twice"
        printed[line["quantity"]] = line["value"]
    for name, row in rows.items():
        want = raw[name] * fractions.Fraction(row.scale)
        got = printed.get(name)
        assert got is not None and fractions.Fraction(got) == want, f"{model} {name}: {got} is not {want}"
    return len(rows)


async def main(evkit):
    listing = subprocess.run([evkit, "--json", "meters", "list"], check=True, capture_output=True, text=True)
    lines = [json.loads(line) for line in listing.stdout.splitlines()]
    for model in MODELS:
        rows = rows_of(lines, model)
        ours = await read_our_simulator(evkit, model, rows)
        theirs = await read_with_our_reader(evkit, model, rows)
        print(f"pymodbus: {model}: read {ours} values of our simulator, we read {theirs} of its server")


asyncio.run(main(sys.argv[1]))
