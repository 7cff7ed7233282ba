"""HoG of gray images in memory, one thread."""
from bench import Contender, Row

OURS = [("plain: whole votes", "hog:interpolate=none,norm=none"), ("plain: between bins", "hog:interpolate=bins,norm=none"),
        ("default: bins, cells, roots", "hog"), ("Dalal-Triggs blocks", "hog:block=2"),
        ("as OpenCV", "hog:preset=opencv"), ("as VLFeat", "hog:preset=uoctti"), ("as scikit-image", "hog:preset=skimage")]


def rows(context):
    path, images, width, height = context.inputs.raw()
    shape = [path, images, width, height]
    contenders = [Contender(f"{name} ({spec})", [context.program("stage"), spec, *shape], "ours") for name, spec in OURS]
    contenders += [
        Contender("plain code, avx2", [context.program("stage"), OURS[0][1], *shape], "ours", env={"OCELLUS_KERNELS": "avx2"}),
        Contender("plain code, plain C", [context.program("stage"), OURS[0][1], *shape], "ours", env={"OCELLUS_KERNELS": "plain"}),
        context.peer_native("opencv.cpp", "$(pkg-config --cflags --libs opencv4)", "libopencv-dev", "hog-kernel", *shape,
                            name="OpenCV, HOGDescriptor"),
        context.peer_native("vlfeat.c", "-lvl -lm", "libvlfeat-dev", *shape, name="VLFeat, vl_hog"),
        context.peer_python("skimage_hog.py", "skimage", "python3-skimage", "kernel", *shape, name="scikit-image, hog"),
    ]
    return [Row("HoG in memory, 8x8 cells, 9 bins, one thread", images * width * height / 1e6, "MP", contenders)]
