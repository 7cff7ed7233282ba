"""Photographs of a few examples a class, from files to tested model: visual words of gradient descriptors, as they are by default,
against the pipeline that OpenCV and scikit-learn users write. $PHOTOGRAPHS has train/ and test/ with a folder a class."""
import os

from bench import Contender, Row

PEERS = os.path.join(os.path.dirname(__file__), "peers")


def rows(context):
    source = os.environ.get("PHOTOGRAPHS")
    title, spec = "photographs: words of gradient descriptors, files to tested model", "words:descriptor=sift"
    if not source:
        return [Row(title, 1, "runs", [Contender("ocellus", [], "ours", missing="needs $PHOTOGRAPHS with train/ and test/")])]
    parts = [os.path.join(source, part) for part in ("train", "test")]
    contenders = [
        Contender(f"ocellus, {spec}", [os.path.join(PEERS, "compare.sh"), context.ocellus, *parts, context.threads, spec], "ours"),
        context.peer_python("opencv_words.py", "cv2, sklearn", "python3-opencv or python3-sklearn", *parts, context.threads,
                            name="OpenCV SIFT, scikit-learn"),
    ]
    return [Row(title, 1, "runs", contenders, 1)]
