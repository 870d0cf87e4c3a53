"""Our SunSpec maps against the official model files, which the Python package `pysunspec2` ships.

Usage: sunspec_models.py PATH/TO/evkit

Every row must lie on a point of the model of the same length, type, unit and scale register.
"""

import json
import pathlib
import subprocess
import sys

import sunspec2

FOLDER = pathlib.Path(sunspec2.__file__).parent / "models" / "json"

KINDS = {
    "uint16": "u16",
    "int16": "i16",
    "sunssf": "i16",
    "enum16": "u16",
    "bitfield16": "u16",
    "acc16": "u16",
    "uint32": "u32",
    "int32": "i32",
    "acc32": "u32",
    "enum32": "u32",
    "bitfield32": "u32",
    "uint64": "u64",
    "acc64": "u64",
    "float32": "f32",
    "string": "ascii",
}

# Ours name the quantity's unit, theirs the point's; these are the same, up to case.
UNITS = {"pct": "", "pf": "", "vah": "VAh", "varh": "varh", "wh": "Wh", "c": "°C", "cos()": "", "deg": ""}


def points_of(model):
    """Points by their offset, with the offset of their scale factor."""
    points = json.loads((FOLDER / f"model_{model}.json").read_text())["group"]["points"]
    offsets, at = {}, 0
    for point in points:
        offsets[point["name"]] = at
        at += point["size"]
    return {offsets[point["name"]]: (point, offsets.get(point.get("sf"))) for point in points}


def complaints(row, points):
    """What is different, for a row of `evkit meters list`."""
    if row["address"] not in points:
        yield "no point begins here"
        return
    point, scale = points[row["address"]]
    if row["words"] != point["size"]:
        yield f"{row['words']} registers where the model has {point['size']}"
    kind, _, order = row["encoding"].partition(" ")
    if kind != KINDS[point["type"]] or order not in ("", "be"):
        yield f"{row['encoding']} where the model has {point['type']}"
    percent = point.get("units", "").lower() == "pct"
    if scale is not None and f"[{scale}]" not in row["scale"]:
        yield f"scale {row['scale']} where the model has register {scale}"
    if scale is None and "[" in row["scale"]:
        yield f"scale {row['scale']} where the model has none"
    theirs = point.get("units", "")
    if not percent and row["unit"].lower() != UNITS.get(theirs.lower(), theirs).lower():
        yield f"unit {row['unit']!r} where the model has {theirs!r}"


def main(evkit):
    listing = subprocess.run([evkit, "--json", "meters", "list"], check=True, capture_output=True, text=True)
    rows = [row for row in map(json.loads, listing.stdout.splitlines()) if row["manufacturer"] == "SunSpec"]
    models = {row["model"]: points_of(row["model"].removeprefix("model ")) for row in rows}
    wrong = [
        f"{row['model']} register {row['address']} {row['quantity']}: {complaint}"
        for row in rows
        for complaint in complaints(row, models[row["model"]])
    ]
    here = {(row["model"], row["address"]) for row in rows}
    points = [
        (model, offset)
        for model, points in models.items()
        for offset, (point, _) in points.items()
        if point["type"] != "pad"
    ]
    left = sum(point not in here for point in points)
    print(f"sunspec: {len(rows)} rows of {len(models)} models, {left} of {len(points)} points have no row")
    if wrong:
        raise SystemExit("\n".join(wrong))


main(sys.argv[1])
