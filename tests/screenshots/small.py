"""Makes pictures of pages small: 44 colours are enough for text and charts."""

import base64
import struct
import zlib
from typing import Any

from playwright.sync_api import Page

# The most frequent colours, and those that are farthest from them, an area before an edge.
REDUCE = """
async (png) => {
  const bytes = Uint8Array.from(atob(png), (each) => each.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes]));
  const { width, height } = image;
  const canvas = new OffscreenCanvas(width, height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const { data } = canvas.getImageData(0, 0, width, height);
  const pixels = new Uint32Array(width * height);
  const counts = new Map();
  for (let n = 0; n < pixels.length; n++) {
    pixels[n] = data[4 * n] << 16 | data[4 * n + 1] << 8 | data[4 * n + 2];
    counts.set(pixels[n], (counts.get(pixels[n]) ?? 0) + 1);
  }
  const parts = (colour) => [colour >> 16, colour >> 8 & 255, colour & 255];
  const far = (a, b) => parts(a).reduce((sum, each, n) => sum + (each - parts(b)[n]) ** 2, 0);
  const colours = [...counts].sort((a, b) => b[1] - a[1]).map(([each]) => each);
  const palette = [], nearest = colours.map(() => Infinity);
  while (palette.length < Math.min(44, colours.length)) {
    const urgent = nearest.map((each, n) => each * Math.min(counts.get(colours[n]), 300));
    const next = palette.length < 12 ? palette.length : urgent.indexOf(Math.max(...urgent));
    palette.push(colours[next]);
    colours.forEach((each, n) => nearest[n] = Math.min(nearest[n], far(each, colours[next])));
  }
  const places = new Map();
  for (const colour of colours) {
    const distances = palette.map((each) => far(each, colour));
    places.set(colour, distances.indexOf(Math.min(...distances)));
  }
  let text = "";
  for (let start = 0; start < pixels.length; start += width)
    text += String.fromCharCode(...pixels.subarray(start, start + width).map((p) => places.get(p)));
  return { width, height, palette: palette.flatMap(parts), pixels: btoa(text) };
}
"""


def small(page: Page, png: bytes) -> bytes:
    """The picture with a palette; `page` is any page that runs script."""
    found: dict[str, Any] = page.evaluate(REDUCE, base64.b64encode(png).decode())
    width, height = found["width"], found["height"]
    pixels = base64.b64decode(found["pixels"])
    rows = b"".join(b"\0" + pixels[start : start + width] for start in range(0, len(pixels), width))
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = [(b"IHDR", head), (b"PLTE", bytes(found["palette"])), (b"IDAT", zlib.compress(rows, 9))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in [*parts, (b"IEND", b"")])


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
