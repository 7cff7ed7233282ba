"""How cost grows with the work: processor time and peak memory of whole commands at several sizes, and the exponent of the growth
beside that of the theory. BUILD/bench/growth.svg has the curves, with logarithms on both axes."""
import math
import os
import re
import statistics

from bench import Contender, Row

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 750, 420, 60, 20, 270, 40
COLORS = ("#1b6ca8", "#c0392b", "#2e8b57", "#8e44ad", "#d68910", "#16a085", "#7f8c8d", "#2c3e50", "#a04000")
drawn = []  # (title, sizes, seconds, exponent) of the rows so far


def exponent(sizes, costs):
    """The slope of the logarithms of what is added to the cost of the smallest size, at the larger half of the sizes: the start
    of the process, say, does not grow. 0 where nothing is added."""
    half = len(sizes) // 2
    x = [math.log(size - sizes[0]) for size in sizes[half:]]
    if min(costs[half:]) <= costs[0]:
        return 0
    y = [math.log(cost - costs[0]) for cost in costs[half:]]
    middle, height = statistics.mean(x), statistics.mean(y)
    return sum((a - middle) * (b - height) for a, b in zip(x, y)) / sum((a - middle) ** 2 for a in x)


def draw(path):
    """Every curve begins at 1: its sizes as multiples of its smallest."""
    most = max(sizes[-1] / sizes[0] for _, sizes, _, _ in drawn)
    highest = max(max(seconds) / seconds[0] for _, _, seconds, _ in drawn)
    across, up = (WIDTH - LEFT - RIGHT) / math.log(most), (HEIGHT - TOP - BOTTOM) / math.log(max(highest, most))

    def place(size, cost):
        return f"{LEFT + across * math.log(size):.1f},{HEIGHT - BOTTOM - up * math.log(max(cost, 1)):.1f}"

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="11">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
             f'<text x="{LEFT}" y="{HEIGHT - 8}">times the smallest size; up: times its processor time; dashed: linear</text>',
             f'<polyline points="{place(1, 1)} {place(most, most)}" fill="none" stroke="#999" stroke-dasharray="4 4"/>']
    for step in range(int(math.log2(most)) + 1):
        x, y = place(2 ** step, 2 ** step).split(",")
        parts.append(f'<text x="{x}" y="{HEIGHT - BOTTOM + 14}" text-anchor="middle">{2 ** step}</text>'
                     f'<text x="{LEFT - 6}" y="{y}" text-anchor="end">{2 ** step}</text>')
    for i, (title, sizes, seconds, slope) in enumerate(drawn):
        color = COLORS[i % len(COLORS)]
        points = " ".join(place(size / sizes[0], cost / seconds[0]) for size, cost in zip(sizes, seconds))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>'
                     f'<text x="{WIDTH - RIGHT + 12}" y="{TOP + 12 + 16 * i}" fill="{color}">{title}: {slope:.2f}</text>')
    with open(path, "w") as file:
        file.write("\n".join(parts + ["</svg>", ""]))


class Measured(Contender):
    """A command that bench-spawn starts: a process that this one started itself would count this one's memory as its own."""

    def __init__(self, context, command, **options):
        super().__init__(command=[context.program("spawn"), 1, *command], kind="ours", **options)
        self.peak = []

    def run(self):
        super().run()
        if not self.missing:
            used, peak = re.search(r"processor time (\S+) ms, peak (\S+) MB", self.note).groups()
            self.cpu[-1] = float(used) / 1000
            self.peak.append(float(peak))


class Growth(Row):
    """One command at rising sizes. theory: the exponent, as text."""

    def __init__(self, context, title, unit, sizes, command, theory):
        self.sizes, self.theory, self.picture = sizes, theory, context.output("growth.svg")
        super().__init__("growth: " + title, sizes[-1], unit,
                         [Measured(context, command(size), name=f"{size:,} {unit}", work=size) for size in sizes], 3)
        self.name = title

    def results(self):
        result = super().results()
        ours = [c for c in self.contenders if not c.missing]
        if len(ours) < len(self.contenders):
            return result
        seconds, memory = [min(c.cpu) for c in ours], [max(c.peak) for c in ours]
        slope = exponent(self.sizes, seconds)
        for row, used, peak in zip(result["contenders"], seconds, memory):
            row["note"] = f"processor time {used:.3f} s, peak {peak:.0f} MB"
        result["growth"] = {"sizes": self.sizes, "cpu_seconds": seconds, "peak_megabytes": memory, "exponent": slope,
                            "theory": self.theory}
        result["title"] += f": exponent {slope:.2f}, theory {self.theory}"
        drawn.append((self.name, self.sizes, seconds, slope))
        draw(self.picture)
        return result


def write_rows(path, rows, columns, classes):
    """Rows of noise around a centre for each class, and their labels, as .npy files."""
    import numpy

    if os.path.exists(path + ".npy"):
        return
    chance = numpy.random.RandomState(1)
    labels = numpy.arange(rows) % classes
    centers = chance.standard_normal((classes, columns)).astype(numpy.float32)
    values = 0.3 * centers[labels] + chance.standard_normal((rows, columns)).astype(numpy.float32)
    numpy.save(path + ".labels.npy", labels)
    numpy.save(path + ".npy", values.astype(numpy.float32))


def rows(context):
    made, quick, threads = context.inputs, context.quick, context.threads
    folder = context.output("inputs/growth")
    os.makedirs(folder, exist_ok=True)

    def first(source, count):
        """A list of the first files of a folder."""
        names, path = sorted(os.listdir(source)), os.path.join(folder, f"{os.path.basename(source)}-{count}.csv")
        with open(path, "w") as out:
            out.write("path,label\n" + "".join(f"{source}/{name},\n" for name in names[:count]))
        return path

    def extract(images, spec):
        return [context.ocellus, "extract", "-q", images, "-o", context.output("sets/rows"), "-j", threads, "-f", spec]

    def train(count, columns, classes):
        path = os.path.join(folder, f"rows-{count}-{columns}-{classes}")
        write_rows(path, count, columns, classes)
        return [context.ocellus, "train", "-q", path + ".npy", "--labels", path + ".labels.npy", "-j", threads, "--folds", 0,
                "-o", context.output("growth.model")]

    def doubled(least, most):
        return [least << i for i in range(int(math.log2(most // least)) + 1)]

    part, small, few = (4 if quick else 1), made.small(), first(made.small(), 500)
    sides = [(75, 50), (150, 100), (300, 200), (600, 400)] + ([] if quick else [(1200, 800), (2400, 1600)])
    pixels = {w * h: made._crops(f"side-{w}", 40, w, h) for w, h in sides}
    return [
        Growth(context, "images of 300x200, HoG", "images", doubled(made.photo_count // 16, made.photo_count),
               lambda n: extract(first(made.photos(), n), "hog"), "1"),
        Growth(context, "images of 32x32, HoG", "images", doubled(made.small_count // 16, made.small_count),
               lambda n: extract(first(small, n), "hog"), "1 (listing: n log n)"),
        Growth(context, "pixels of an image, HoG", "pixels", sorted(pixels), lambda n: extract(pixels[n], "hog"), "1"),
        Growth(context, "pixels of an image, colour", "pixels", sorted(pixels), lambda n: extract(pixels[n], "color"), "1"),
        Growth(context, "words, learned and encoded", "words", doubled(100, 1600 // part),
               lambda n: extract(few, f"words:count={n},samples=40000"), "1"),
        Growth(context, "rows of 256 columns, training", "rows", doubled(8000, 64000 // part), lambda n: train(n, 256, 10), "1"),
        Growth(context, "columns of 4,000 rows, training", "columns", doubled(64, 2048 // part), lambda n: train(4000, n, 10),
               "1 a pass, 2 covariance, 3 its factor"),
        Growth(context, "classes of 8,000 rows of 256, training", "classes", doubled(2, 128 // part), lambda n: train(8000, 256, n),
               "1, less what all classes share"),
    ]
