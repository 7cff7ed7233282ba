"""From one thread to all: what the same work gains."""
import os

from bench import Contender, Row


def rows(context):
    made, threads = context.inputs, context.threads
    points, words = (50000, 400) if context.quick else (100000, 800)
    path, values = made.patches(points)
    first = context.output("centres-scaling")
    context.seed_centres(path, points, values, words, first)

    def both(command):
        return [Contender(f"{threads} threads", command(threads), "ours", whole=True),
                Contender("1 thread", command(1), "base", whole=True)]

    def extract(folder, spec):
        return lambda t: [context.ocellus, "extract", "-q", folder, "-o", context.output("sets/rows"), "-j", t, "-f", spec]

    photos, small, few = made.photos(), made.small(), context.output("few.csv")
    with open(few, "w") as out:
        out.write("path,label\n" + "".join(f"{small}/{name},\n" for name in sorted(os.listdir(small))[:2000]))
    learn = "words:count=800,iterations=5,samples=40000"
    return [
        Row("scaling: HoG of JPEG files of 300x200", made.photo_count, "images", both(extract(photos, "hog")), folder=photos),
        Row("scaling: HoG of JPEG files of 32x32", made.small_count, "images", both(extract(small, "hog")), folder=small),
        Row("scaling: colour histograms of JPEG files of 300x200", made.photo_count, "images",
            both(extract(photos, "color:space=rgb")), folder=photos),
        Row("scaling: visual words, learned and encoded, 2,000 images of 32x32", 2000, "images", both(extract(few, learn)), 3),
        Row(f"scaling: k-means, {points} x {values}, k = {words}", 1, "runs",
            both(lambda t: [context.program("kmeans"), path, points, values, words, first, 10, t]), 3),
    ]
