"""The linear classifier on raw pixels of 32x32 images, from rows on disk to the model."""
import os
import subprocess

from bench import Contender, Row


def rows(context):
    source = os.environ.get("CIFAR10_FOLDER")
    title = "softmax on raw CIFAR-10 pixels, 50,000 x 3,072"
    if not source:
        return [Row(title, 1, "runs", [Contender("ocellus", [], "ours", missing="needs $CIFAR10_FOLDER with train/ and test/")])]
    sets = {}
    for part in ("train", "test"):
        sets[part] = context.output("pixels-" + part)
        if not os.path.exists(sets[part]):
            subprocess.run([context.ocellus, "extract", "-q", f"{source}/{part}", "-f", "pixels", "-o", sets[part]], check=True)
    model = context.output("pixels.model")

    def ours(threads):
        return Contender(f"ocellus train, {threads} threads",
                         [os.path.join(os.path.dirname(__file__), "peers", "train.sh"), context.ocellus, sets["train"],
                          sets["test"], model, threads], "ours")

    contenders = [ours(t) for t in sorted({1, context.threads}, reverse=True)]
    contenders += [context.peer_python("torch_softmax.py", "torch", "python3-torch", sets["train"], sets["test"], t,
                                       name=f"PyTorch, 20 epochs, {t} threads") for t in sorted({1, context.threads})]
    return [Row(title, 1, "runs", contenders, 1 if context.quick else 3)]
