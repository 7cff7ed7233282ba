"""The linear classifier on four kinds of features of CIFAR-10, from rows on disk to the model; each contender tells its
accuracy on the test set. Rates of PyTorch's SGD were picked by accuracy on a fifth of the training rows."""
import os
import subprocess

from bench import Contender, Row

PEERS = os.path.join(os.path.dirname(__file__), "peers")
KINDS = {"pixels": ("pixels", "raw pixels", 0.0005), "hog": ("hog:cell=8,preset=uoctti", "HoG", 0.02),
         "color": ("color", "colour histograms", 0.002), "words": ("words:count=1600,patch=6", "visual words", 0.0005)}
LIMIT = 60  # seconds that a peer may take


def sets(context, kind, spec, source):
    """Rows of train/ and test/, extracted once."""
    paths = [os.path.join(context.inputs.folder, f"cifar-{kind}-{part}") for part in ("train", "test")]
    os.makedirs(context.inputs.folder, exist_ok=True)
    for part, path, how in zip(("train", "test"), paths, (["-f", spec], ["--with", paths[0]])):
        if not os.path.exists(path):
            subprocess.run([context.ocellus, "extract", "-q", f"{source}/{part}", *how, "-o", path], check=True)
    return paths


def row(context, kind, source):
    spec, title, rate = KINDS[kind]
    title = f"linear classifier on {title} of CIFAR-10 ({spec})"
    if not source:
        return Row(title, 1, "runs", [Contender("ocellus", [], "ours", missing="needs $CIFAR10_FOLDER with train/ and test/")])
    train, test = sets(context, kind, spec, source)
    threads, model = context.threads, context.output(kind + ".model")

    def ours(loss):
        return Contender(f"ocellus train --loss {loss}", [os.path.join(PEERS, "train.sh"), context.ocellus, train, test, model,
                                                          threads, loss], "ours")

    def peer(who, name):
        contender = context.peer_python("linear.py", "sklearn", "python3-sklearn", who, train, test, threads, name=name)
        contender.command = ["timeout", str(LIMIT), *contender.command]
        return contender

    contenders = [ours("softmax"), ours("hinge")]
    contenders += [context.peer_python("torch_softmax.py", "torch", "python3-torch", train, test, t, rate,
                                       name=f"PyTorch, SGD, 20 epochs, {t} thread{'s' if t > 1 else ''}",
                                       env={"OMP_WAIT_POLICY": "passive"}) for t in sorted({1, threads})]
    contenders += [peer("sgd-hinge", "scikit-learn, SGDClassifier, hinge"), peer("sgd-log", "scikit-learn, SGDClassifier, log"),
                   peer("logistic", "scikit-learn, LogisticRegression"), peer("liblinear", "liblinear -s 2 (LinearSVC)")]
    return Row(title, 1, "runs", contenders, 1 if context.quick else 3)


def rows(context):
    kinds = ["pixels", "hog", "color"] if context.quick else KINDS
    for kind in os.environ.get("BENCH_KINDS", ",".join(kinds)).split(","):
        yield row(context, kind, os.environ.get("CIFAR10_FOLDER"))
