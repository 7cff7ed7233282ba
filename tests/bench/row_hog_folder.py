"""HoG rows of a folder of JPEG files, from files to .npy."""
from bench import Contender, Row

OPENCV = ("opencv.cpp", "$(pkg-config --cflags --libs opencv4)", "libopencv-dev")


def row(context, title, folder, count, spec, share):
    """share: how many of the images scikit-image does; it is far too slow for all."""
    threads, out = context.threads, context.output("sets/rows")

    def extract(name, *options):
        return Contender(name, [context.ocellus, "extract", "-q", folder, "-o", out, "-j", threads, *options], "ours", whole=True)

    contenders = [
        extract(f"ocellus, {spec}", "-f", spec),
        extract("ocellus, whole votes, no norm", "-f", "hog:interpolate=none,norm=none"),
        extract("ocellus, hog:preset=opencv", "-f", "hog:preset=opencv"),
        Contender("decode, gray", [context.program("decode"), "gray", 1, folder, threads], "limit"),
        Contender("read the files", [context.program("decode"), "read", 1, folder, threads], "bound"),
        context.peer_native(*OPENCV, "hog-folder", folder, threads, context.output("sets/opencv.rows"),
                            name=f"OpenCV, {threads} processes"),
        context.peer_python("skimage_hog.py", "skimage", "python3-skimage", "folder", folder, share, work=share,
                            name="scikit-image, one process"),
    ]
    return Row(title, count, "images", contenders, folder=folder)


def rows(context):
    made = context.inputs
    return [row(context, f"HoG of {made.photo_count} JPEG files of 300x200, files to .npy", made.photos(), made.photo_count,
                "hog", 30),
            row(context, f"HoG of {made.small_count} JPEG files of 32x32, files to .npy", made.small(), made.small_count,
                "hog", 400)]
