"""Photographs of 12 megapixels to 128x128 HoG rows."""
from bench import Contender, Row


def rows(context):
    folder, count, threads = context.inputs.large(), context.inputs.large_count, context.threads
    share = 20 if context.quick else 100
    contenders = [
        Contender("ocellus extract --size 128x128", [context.ocellus, "extract", "-q", folder, "-f", "hog", "--size", "128x128",
                                                     "-j", threads, "-o", context.output("sets/rows")], "ours", whole=True),
        Contender("decode, gray, at 1/8", [context.program("decode"), "gray", 8, folder, threads], "limit"),
        Contender("decode, gray, at 1/1", [context.program("decode"), "gray", 1, folder, threads], "bound"),
        context.peer_native("opencv.cpp", "$(pkg-config --cflags --libs opencv4)", "libopencv-dev", "hog-large", folder, threads,
                            context.output("sets/opencv.rows"), share, work=share, name=f"OpenCV, {threads} processes"),
    ]
    return [Row(f"{count} photographs of 12 MP to HoG rows of 128x128", count, "images", contenders, None if context.quick else 3, folder)]
