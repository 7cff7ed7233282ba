"""Colour histograms: in memory, and of a folder of JPEG files."""
from bench import Contender, Row

OPENCV = ("opencv.cpp", "$(pkg-config --cflags --libs opencv4)", "libopencv-dev")
SPACES = ("rgb", "hsv", "lab", "hue")


def rows(context):
    made, threads = context.inputs, context.threads
    path, images, width, height = made.raw()
    shape, folder = [path, images, width, height], made.photos()
    kernel = [Contender(f"ocellus, color:space={space}", [context.program("stage"), f"color:space={space}", *shape], "ours")
              for space in SPACES]
    kernel += [
        Contender("rgb, plain C", [context.program("stage"), "color:space=rgb", *shape], "ours", env={"OCELLUS_KERNELS": "plain"}),
        Contender("hsv, plain C", [context.program("stage"), "color:space=hsv", *shape], "ours", env={"OCELLUS_KERNELS": "plain"}),
        context.peer_native(*OPENCV, "color-kernel", *shape, name="OpenCV, calcHist"),
        context.peer_native(*OPENCV, "hsv-kernel", *shape, name="OpenCV, cvtColor to HSV and calcHist"),
        context.peer_python("numpy_histogram.py", "numpy", "python3-numpy", *shape, name="numpy.histogramdd"),
    ]
    files = [Contender(f"ocellus, color:space={space}",
                       [context.ocellus, "extract", "-q", folder, "-o", context.output("sets/rows"), "-j", threads,
                        "-f", f"color:space={space}"], "ours", whole=True) for space in SPACES]
    files += [
        Contender("decode, RGB", [context.program("decode"), "rgb", 1, folder, threads], "limit"),
        context.peer_native(*OPENCV, "color-folder", folder, threads, context.output("sets/opencv.rows"),
                            name=f"OpenCV, calcHist, {threads} processes"),
    ]
    return [Row("colour histogram 8x8x8 in memory, one thread", images * width * height / 1e6, "MP", kernel),
            Row(f"colour histogram 8x8x8 of {made.photo_count} JPEG files of 300x200, files to .npy", made.photo_count, "images", files,
                folder=folder)]
