"""Draws the pictures in seeds/demo/photos: `python seeds/demo/draw_photos.py`.

Flat shapes of our own, so that a demonstration needs nobody's photograph.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw

SIZE, FINE = (640, 480), 2
Draw = ImageDraw.ImageDraw


def ball(d: Draw, x: float, y: float, r: float, colour: str, light: str | None = None) -> None:
    d.ellipse((x - r, y - r, x + r, y + r), fill=colour)
    if light:
        d.ellipse((x - r * 0.6, y - r * 0.7, x - r * 0.1, y - r * 0.25), fill=light)


def leaf(d: Draw, x: float, y: float, length: float, angle: float, colour: str) -> None:
    """A pointed leaf from (x, y), `angle` in degrees, 0 to the right."""
    turn, points = math.radians(angle), []
    for side in (1, -1):
        steps = range(21) if side == 1 else range(20, -1, -1)
        for step in steps:
            along = length * step / 20
            across = side * length * 0.22 * math.sin(math.pi * (step / 20) ** 0.8)
            points.append(
                (
                    x + along * math.cos(turn) - across * math.sin(turn),
                    y + along * math.sin(turn) + across * math.cos(turn),
                )
            )
    d.polygon(points, fill=colour)
    tip = (x + length * 0.9 * math.cos(turn), y + length * 0.9 * math.sin(turn))
    d.line((x, y, *tip), fill="#ffffff55", width=4)


def orange(d: Draw) -> None:
    for x, y, r in ((420, 560, 170), (830, 580, 180), (630, 420, 190)):
        ball(d, x, y, r, "#f08a1c", "#f9b25a")
    leaf(d, 640, 240, 190, -30, "#4d8b3a")
    leaf(d, 630, 240, 160, 200, "#6aa84f")


def peach(d: Draw) -> None:
    for x, y in ((450, 560), (820, 570), (640, 420)):
        ball(d, x, y, 180, "#f2a08c", "#fac7b6")
        d.arc((x - 60, y - 180, x + 90, y + 150), 100, 255, fill="#d97a6c", width=8)
    leaf(d, 640, 250, 220, -25, "#5b9448")


def grape(d: Draw) -> None:
    for row, count in enumerate((5, 4, 3, 2, 1)):
        for i in range(count):
            x = 640 + (i - (count - 1) / 2) * 130
            ball(d, x, 330 + row * 112, 74, "#6b4a93" if (row + i) % 2 else "#7d5aa8", "#a58bc8")
    d.line((640, 120, 640, 270), fill="#7a5b3a", width=18)
    leaf(d, 640, 200, 260, -20, "#5b9448")


def rice(d: Draw) -> None:
    for stem, lean in enumerate((-0.5, -0.2, 0.1, 0.4)):
        base = 480 + stem * 100
        for step in range(14):
            x = base + lean * (step * 26) * (step / 8)
            y = 860 - step * 52 + max(0, step - 8) ** 2 * 5
            if step > 5:
                leaf(d, x, y, 80, 60 + lean * 30, "#e0b13c")
                leaf(d, x, y, 80, 120 + lean * 30, "#d09c2a")
            else:
                d.line((x, y, x, y + 60), fill="#8a9a3c", width=12)


def chili(d: Draw) -> None:
    for shift, colour in ((-230, "#d8342c"), (0, "#e5484d"), (230, "#b9261f")):
        points = [(640 + shift + 75, 300)]
        for step in range(21):
            t = step / 20
            points.append((640 + shift + 75 - 40 * t - 130 * t * t, 300 + 460 * t))
        for step in range(20, -1, -1):
            t = step / 20
            points.append((640 + shift - 75 + 40 * t - 60 * t * t, 300 + 440 * t))
        d.polygon(points, fill=colour)
        d.rounded_rectangle((565 + shift, 260, 715 + shift, 325), 30, fill="#4d8b3a")
        d.line((640 + shift, 270, 670 + shift, 160), fill="#4d8b3a", width=22)


def pumpkin(d: Draw) -> None:
    for dx, w, colour in ((-230, 180, "#d9791c"), (230, 180, "#d9791c"), (-120, 190, "#e88b2a")):
        d.ellipse((640 + dx - w, 330, 640 + dx + w, 790), fill=colour)
    d.ellipse((570, 330, 950, 790), fill="#e88b2a")
    d.ellipse((480, 320, 800, 800), fill="#f29b3a")
    d.rounded_rectangle((605, 220, 680, 350), 20, fill="#5f7f37")


def corn(d: Draw) -> None:
    d.rounded_rectangle((520, 150, 760, 780), 120, fill="#f0c23a")
    for y in range(210, 740, 56):
        for x in range(556, 750, 56):
            ball(d, x, y, 23, "#e2ac1f")
    leaf(d, 600, 860, 560, -115, "#6aa84f")
    leaf(d, 680, 860, 560, -65, "#5b9448")


def mushroom(d: Draw) -> None:
    for x, y, s in ((430, 560, 0.8), (850, 580, 0.75), (640, 440, 1.1)):
        d.rounded_rectangle((x - 60 * s, y, x + 60 * s, y + 270 * s), 40, fill="#efe2cd")
        d.pieslice((x - 230 * s, y - 190 * s, x + 230 * s, y + 190 * s), 180, 360, fill="#8c5a3c")
        for dx, dy in ((-90, -90), (20, -120), (110, -70)):
            ball(d, x + dx * s, y + dy * s, 20 * s, "#b98a66")


def chicken(d: Draw) -> None:
    for x in (600, 700):
        d.line((x, 700, x, 850), fill="#e3a33a", width=18)
    leaf(d, 760, 560, 300, -50, "#7a3b22")
    leaf(d, 760, 600, 300, -30, "#93492b")
    d.ellipse((400, 400, 880, 760), fill="#b5652f")
    ball(d, 430, 380, 120, "#b5652f")
    for x, y in ((380, 260), (430, 240), (480, 265)):
        ball(d, x, y, 42, "#d8342c")
    d.polygon([(320, 370), (320, 430), (240, 405)], fill="#e3a33a")
    ball(d, 395, 370, 15, "#2e1d12")
    leaf(d, 560, 560, 240, 10, "#8f4a24")


def egg(d: Draw) -> None:
    for x, y, colour in ((430, 600, "#e8c7a0"), (850, 600, "#f2ddc3"), (640, 480, "#eacfae")):
        d.ellipse((x - 150, y - 200, x + 150, y + 180), fill=colour)
        d.ellipse((x - 90, y - 140, x - 20, y - 40), fill="#fbf2e4")


def fish(d: Draw) -> None:
    d.polygon([(880, 480), (1100, 310), (1050, 480), (1100, 660)], fill="#5f8fa8")
    d.polygon([(560, 300), (760, 180), (800, 330)], fill="#5f8fa8")
    d.ellipse((220, 270, 940, 690), fill="#7fb0c8")
    d.chord((220, 270, 940, 690), 20, 160, fill="#c6dde6")
    d.arc((300, 320, 480, 640), -70, 70, fill="#5f8fa8", width=12)
    for x in range(540, 840, 90):
        for y in (410, 490):
            d.arc((x - 40, y - 40, x + 40, y + 40), -70, 70, fill="#5f8fa8", width=8)
    ball(d, 330, 440, 26, "#ffffff")
    ball(d, 330, 440, 14, "#22343c")


PICTURES: dict[str, tuple[str, Callable[[Draw], None]]] = {
    "chicken": ("#f3e6cf", chicken),
    "chili": ("#f6e7d8", chili),
    "corn": ("#e4efd6", corn),
    "egg": ("#d9e3d0", egg),
    "fish": ("#dcecf0", fish),
    "grape": ("#ece6f2", grape),
    "mushroom": ("#e3eadb", mushroom),
    "orange": ("#fbeeda", orange),
    "peach": ("#f8ebe2", peach),
    "pumpkin": ("#e9efdc", pumpkin),
    "rice": ("#f5efd9", rice),
}


def main() -> None:
    folder = Path(__file__).parent / "photos"
    folder.mkdir(exist_ok=True)
    for name, (ground, paint) in PICTURES.items():
        picture = Image.new("RGB", (SIZE[0] * FINE, SIZE[1] * FINE), ground)
        draw = ImageDraw.Draw(picture, "RGBA")
        draw.ellipse((240, 780, 1040, 900), fill="#00000014")
        paint(draw)
        small = picture.resize(SIZE, Image.Resampling.LANCZOS)
        small.save(folder / f"{name}.webp", quality=72, method=6)


if __name__ == "__main__":
    main()
