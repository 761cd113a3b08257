"""diagram: the network of a preset as a picture, every op with its output shape and parameters.

With --json also what each op costs and which pixels a cell in the middle of its output sees.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from string import ascii_lowercase

from PIL import Image, ImageDraw, ImageFont

import assets
from crnn.commands import console
from crnn.config import Config, preset
from crnn.cost import costs
from crnn.errors import CrnnError, DatasetError
from crnn.geometry import Stage, cell_field
from crnn.model import OpShape, count_parameters, output_shapes

WIDTH, ROW, LEFT, BOX = 640, 34, 24, 150
PAPER, LINE, TEXT, SOFT = "#FFFFFF", "#B6BDC8", "#14171C", "#5C6470"
FILLS = {
    "image": "#E6E9EE",
    "conv": "#FCE3CF",
    "norm": "#F3F4F7",
    "relu": "#F3F4F7",
    "leaky_relu": "#F3F4F7",
    "tanh": "#F3F4F7",
    "sigmoid": "#F3F4F7",
    "pool": "#E6E9EE",
    "frames": "#E6E9EE",
    "recurrent": "#DCEBFA",
    "dropout": "#F3F4F7",
    "linear": "#E6E5FB",
    "ctc": "#D3ECE6",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One box of the picture. `field`: (x0, x1, y0, y1) in pixels, empty beyond the conv blocks."""

    name: str
    kind: str
    shape: str
    n_parameters: int
    n_activations: int = 0
    flops: int = 0
    field: tuple[int, ...] = ()


def rows(config: Config) -> tuple[Row, ...]:
    """The op list of `config` with the shapes of an image of its usual width."""
    height, width = config.input.height, config.input.width
    made = [Row("image", "image", f"C=1  H={height}  W={width}", 0)]
    for op, cost in zip(output_shapes(config, width), costs(config, width), strict=True):
        if op.name.endswith(".bwd"):  # beside its forward twin, not after it
            twin = made.pop()
            both = (2 * twin.n_parameters, 2 * twin.n_activations, 2 * twin.flops)
            made.append(Row(f"{twin.name} + bwd", op.kind, f"{twin.shape}  each", *both))
            continue
        sizes = zip(op.axes.split(), op.shape, strict=True)
        shape = "  ".join(f"{axis}={size}" for axis, size in sizes)
        seen = _middle_field(config, op, width)
        counts = (op.n_parameters, cost.n_activations, cost.flops)
        made.append(Row(op.name, op.kind, shape, *counts, seen))
    steps = f"T={config.n_frames(width)}  K={config.n_classes}, class 0 is blank"
    return (*made, Row("CTC", "ctc", steps, 0))


def _middle_field(config: Config, op: OpShape, width: int) -> tuple[int, ...]:
    """The pixels that the middle cell of a block's feature maps sees."""
    if op.axes != "C H W":
        return ()
    _, height, columns = op.shape
    level = int(op.name.lstrip(ascii_lowercase + "_"))
    stage: Stage = "pool" if op.kind == "pool" else "conv"
    return cell_field(config, level, height // 2, columns // 2, width, stage)


def _title(config: Config) -> str:
    made = rows(config)
    flops = sum(row.flops for row in made)
    values = sum(row.n_activations for row in made)
    return (
        f"preset {config.preset}: {count_parameters(config):,} parameters, "
        f"{flops / 1e6:,.1f} MFLOP and {values:,} values an image"
    )


def to_svg(config: Config) -> str:
    """The picture as SVG text."""
    made = rows(config)
    height = ROW * (len(made) + 1) + LEFT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'font-family="sans-serif" font-size="13">',
        f'<rect width="100%" height="100%" fill="{PAPER}"/>',
        f'<text x="{LEFT}" y="26" font-weight="600" fill="{TEXT}">{escape(_title(config))}</text>',
    ]
    for number, row in enumerate(made):
        y = ROW * (number + 1) + 8
        middle = y + 17
        parts.append(
            f'<rect x="{LEFT}" y="{y}" width="{BOX}" height="24" rx="4" fill="{FILLS[row.kind]}"/>'
            f'<text x="{LEFT + BOX / 2}" y="{middle}" text-anchor="middle" fill="{TEXT}">'
            f"{escape(row.name)}</text>"
            f'<text x="{LEFT + BOX + 20}" y="{middle}" fill="{SOFT}">{escape(row.shape)}</text>'
        )
        if row.n_parameters:
            parts.append(
                f'<text x="{WIDTH - LEFT}" y="{middle}" text-anchor="end" fill="{SOFT}">'
                f"{row.n_parameters:,}</text>"
            )
        if number:
            x = LEFT + BOX // 2
            parts.append(f'<path d="M{x} {y - 10}V{y}" stroke="{LINE}"/>')
    return "\n".join([*parts, "</svg>", ""])


def to_image(config: Config) -> Image.Image:
    """The same picture as pixels, at twice the size."""
    made = rows(config)
    zoom = 2
    image = Image.new("RGB", (WIDTH * zoom, (ROW * (len(made) + 1) + LEFT) * zoom), PAPER)
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(assets.path("fonts", "Inter-Regular.otf")), 13 * zoom)
    draw.text((LEFT * zoom, 20 * zoom), _title(config), fill=TEXT, font=font, anchor="lm")
    for number, row in enumerate(made):
        y = ROW * (number + 1) + 8
        box = [zoom * v for v in (LEFT, y, LEFT + BOX, y + 24)]
        draw.rounded_rectangle(box, 4 * zoom, fill=FILLS[row.kind])
        middle = (y + 12) * zoom
        across = ((LEFT + BOX / 2) * zoom, middle)
        draw.text(across, row.name, fill=TEXT, font=font, anchor="mm")
        shape_at = ((LEFT + BOX + 20) * zoom, middle)
        draw.text(shape_at, row.shape, fill=SOFT, font=font, anchor="lm")
        if row.n_parameters:
            count_at = ((WIDTH - LEFT) * zoom, middle)
            draw.text(count_at, f"{row.n_parameters:,}", fill=SOFT, font=font, anchor="rm")
        if number:
            x = (LEFT + BOX // 2) * zoom
            draw.line([x, (y - 10) * zoom, x, y * zoom], fill=LINE, width=zoom)
    return image


def main(argv: list[str]) -> int:
    """Run the command; 0 done, 1 the work failed."""
    parser = console.parser("diagram", __doc__ or "")
    parser.add_argument("--preset", default="word", help="seed, word, line or lesson")
    parser.add_argument("--out", metavar="FILE", required=True, help="FILE.svg or FILE.png")
    options = parser.parse_args(argv)
    path = Path(options.out)
    if path.suffix.lower() not in (".svg", ".png"):
        parser.error(f"--out is {options.out}; it must end in .svg or .png")
    try:
        config = preset(options.preset)
        _write(to_svg(config) if path.suffix.lower() == ".svg" else to_image(config), path)
    except CrnnError as error:
        return console.failed(error)
    made = rows(config)
    values = {
        "out": str(path),
        "parameters": count_parameters(config),
        "flops": sum(row.flops for row in made),
        "activations": sum(row.n_activations for row in made),
        "ops": len(made),
        "rows": [asdict(row) for row in made],
    }
    console.result(values, as_json=options.json, lines=f"wrote {path}")
    return 0


def _write(picture: str | Image.Image, path: Path) -> None:
    try:
        if isinstance(picture, str):
            path.write_text(picture, encoding="utf-8")
        else:
            picture.save(path)
    except OSError as error:
        raise DatasetError(
            f"{path}: cannot be written ({error.strerror}); choose another place"
        ) from error
