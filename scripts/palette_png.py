"""Write a PNG again with a palette of at most 256 colours: a third of the weight, the same picture. Standard library only."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TRUE_COLOUR, PALETTE = 2, 3
PALETTE_SIZE = 256
# Shades closer than this are one to the eye: text drawn smoothly makes thousands of them.
SHADE_STEP = 8

Colour = tuple[int, int, int]


def with_palette(png: bytes) -> bytes:
    """The same picture, from the eight-bit RGB or RGBA without interlacing that Chromium writes."""
    chunks = list(_chunks(png))
    width, height, depth, kind, _, _, interlace = struct.unpack(">IIBBBBB", chunks[0][1])
    if (depth, interlace) != (8, 0) or kind not in {TRUE_COLOUR, 6}:
        raise ValueError("not a picture taken by Chromium")
    step = 3 if kind == TRUE_COLOUR else 4
    rows = _rows(zlib.decompress(b"".join(data for name, data in chunks if name == b"IDAT")), width, height, step)
    pixels = [list(zip(row[0::step], row[1::step], row[2::step], strict=True)) for row in rows]
    places, palette = _palette(Counter(colour for row in pixels for colour in row))
    indexed = b"".join(b"\0" + bytes(map(places.__getitem__, row)) for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 8, PALETTE, 0, 0, 0)
    body = [(b"IHDR", header), (b"PLTE", bytes(value for colour in palette for value in colour)), (b"IDAT", zlib.compress(indexed, 9))]
    return SIGNATURE + b"".join(_chunk(name, data) for name, data in [*body, (b"IEND", b"")])


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _rows(raw: bytes, width: int, height: int, step: int) -> Iterator[bytes]:
    """The rows of bytes as they were before each was written as a difference with its neighbours."""
    length = width * step
    above = bytes(length)
    for number in range(height):
        start = number * (length + 1)
        row = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + length]), above, step)
        yield row
        above = row


def _unfiltered(kind: int, row: bytearray, above: bytes, step: int) -> bytes:
    for at in range(len(row)) if kind else ():
        left = row[at - step] if at >= step else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = above[at]
        elif kind == 3:
            guess = (left + above[at]) // 2
        else:
            guess = _paeth(left, above[at], above[at - step] if at >= step else 0)
        row[at] = (row[at] + guess) & 0xFF
    return bytes(row)


def _paeth(left: int, up: int, corner: int) -> int:
    to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if to_left <= to_up and to_left <= to_corner:
        return left
    return up if to_up <= to_corner else corner


def _palette(counts: "Counter[Colour]") -> tuple[dict[Colour, int], list[Colour]]:
    """The place of each colour in a palette of the commonest ones; the others take the nearest."""
    palette: list[Colour] = []
    shades: set[Colour] = set()
    for colour, count in counts.most_common():
        shade = (colour[0] // SHADE_STEP, colour[1] // SHADE_STEP, colour[2] // SHADE_STEP)
        # A surface keeps its exact colour; of the shades of letters, one each.
        if len(palette) < PALETTE_SIZE and (count > sum(counts.values()) // 2000 or shade not in shades):
            palette.append(colour)
            shades.add(shade)
    return {colour: _nearest(colour, palette) for colour in counts}, palette


def _nearest(colour: Colour, palette: list[Colour]) -> int:
    red, green, blue = colour
    return min(
        range(len(palette)), key=lambda place: abs(palette[place][0] - red) + abs(palette[place][1] - green) + abs(palette[place][2] - blue)
    )
