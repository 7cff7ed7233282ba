"""Classifying one 300x200 JPEG file with a HoG model: the whole process."""
import os
import subprocess

from bench import Contender, Row


def rows(context):
    folder, model = context.inputs.photos(), context.output("hog.model")
    photo, many = os.path.join(folder, "00000.jpg"), 20 if context.quick else 100
    if not os.path.exists(model):
        listing = context.output("two.csv")
        with open(listing, "w") as out:
            out.write("path,label\n" + "".join(f"{folder}/{i:05}.jpg,{'ab'[i % 2]}\n" for i in range(60)))
        subprocess.run([context.ocellus, "train", "-q", listing, "-f", "hog", "-o", model], check=True, stdout=subprocess.DEVNULL)

    static = context.ocellus + "-static"  # make static

    def spawn(name, kind, *command):
        return Contender(name, [context.program("spawn"), many, *command], kind)

    contenders = [
        spawn("ocellus classify MODEL photo.jpg", "ours", context.ocellus, "classify", model, photo),
        *([spawn("ocellus-static classify MODEL photo.jpg", "ours", static, "classify", model, photo)] if os.path.exists(static) else []),
        spawn("ocellus --version", "ours", context.ocellus, "--version"),
        spawn("a process that does nothing", "bound", "/bin/true"),
        spawn("djpeg, one file to nowhere", "bound", "/usr/bin/djpeg", "-grayscale", "-outfile", "/dev/null", photo),
        context.peer_python("cv2_classify.py", "cv2", "python3-opencv", photo, name="Python, OpenCV and numpy", whole=True),
    ]
    return [Row("classify one 300x200 JPEG, whole process", 1, "runs", contenders)]
