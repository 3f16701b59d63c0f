"""A web server on 127.0.0.1 that makes a picture of any size for any name, the same one each time.

The address of a picture says what it is: `/1200x675/harbour.png`, `/640x640/lamp.svg`.
"""

from __future__ import annotations

import http.server
import random
import re
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

PATH = re.compile(r"/(\d{1,4})x(\d{1,4})/[\w-]+\.(png|svg)")
MEDIA_TYPES = {"png": "image/png", "svg": "image/svg+xml"}

Color = tuple[int, int, int]

#: (sky above, sky below, land)
SCENES: tuple[tuple[Color, Color, Color], ...] = (
    ((38, 70, 112), (233, 180, 122), (30, 44, 58)),
    ((126, 167, 199), (240, 236, 222), (70, 96, 74)),
    ((52, 44, 82), (214, 120, 110), (34, 30, 48)),
    ((94, 140, 130), (226, 226, 190), (60, 78, 62)),
    ((150, 160, 170), (236, 232, 226), (96, 88, 84)),
)


@contextmanager
def showing_pictures() -> Iterator[str]:
    """Serve pictures; yield the address that their paths are put behind."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        asked = PATH.fullmatch(self.path)
        if asked is None:
            self.send_error(404)
            return
        body = draw(int(asked[1]), int(asked[2]), asked[3], self.path)
        self.send_response(200)
        self.send_header("Content-Type", MEDIA_TYPES[asked[3]])
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=3600")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


def draw(width: int, height: int, kind: str, name: str) -> bytes:
    """Return a landscape of this size."""
    chance = random.Random(name)
    above, below, land = chance.choice(SCENES)
    horizon = int(height * chance.uniform(0.55, 0.75))
    if kind == "svg":
        sun = int(width * chance.uniform(0.2, 0.8))
        return _draw_svg(width, height, horizon, sun, (above, below, land))
    return _draw_png(width, height, horizon, (above, below, land))


def _draw_png(width: int, height: int, horizon: int, colors: tuple[Color, Color, Color]) -> bytes:
    above, below, land = colors
    rows = bytearray()
    for row in range(height):
        color = _mix(above, below, row / horizon) if row < horizon else _mix(land, above, row / height / 3)
        rows += b"\0" + bytes(color) * width
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows), 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_pack(name, data) for name, data in chunks)


def _pack(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _mix(one: Color, other: Color, share: float) -> Color:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _draw_svg(width: int, height: int, horizon: int, sun: int, colors: tuple[Color, Color, Color]) -> bytes:
    above, below, land = (f"rgb{color}" for color in colors)
    hill = horizon - height // 6
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"
 viewBox="0 0 {width} {height}">
<defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="{above}"/>
<stop offset="1" stop-color="{below}"/></linearGradient></defs>
<rect width="{width}" height="{height}" fill="url(#sky)"/>
<circle cx="{sun}" cy="{horizon - height // 4}" r="{height // 10}" fill="{below}"/>
<path d="M0 {horizon}Q{width // 4} {hill} {width // 2} {horizon}T{width} {hill}V{height}H0z" fill="{above}"/>
<path d="M0 {horizon}H{width}V{height}H0z" fill="{land}"/>
</svg>
""".encode()
