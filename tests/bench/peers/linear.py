"""Linear classifiers of scikit-learn: WHO TRAIN TEST THREADS, WHO one of sgd-hinge, sgd-log, logistic, liblinear. Rows are
standardised. Prints the seconds of the training, scaling included, those of its processors, and the accuracy on the test set."""
import csv
import os
import sys
import time
import warnings

who, train, test, threads = sys.argv[1:5]
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = threads
import numpy  # noqa: E402, after the number of threads
from sklearn.linear_model import LogisticRegression, SGDClassifier  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.svm import LinearSVC  # noqa: E402


def load(folder):
    with open(folder + "/index.csv", newline="", errors="surrogateescape") as file:
        return numpy.load(folder + "/features.npy"), [line["label"] for line in csv.DictReader(file)]


models = {
    "sgd-hinge": lambda: SGDClassifier(loss="hinge", max_iter=10, tol=None, n_jobs=int(threads), random_state=0),
    "sgd-log": lambda: SGDClassifier(loss="log_loss", max_iter=10, tol=None, n_jobs=int(threads), random_state=0),
    "logistic": lambda: LogisticRegression(max_iter=100),
    "liblinear": lambda: LinearSVC(dual=False),
}
(x, y), (tx, ty) = load(train), load(test)
warnings.simplefilter("ignore")
start, before = time.perf_counter(), time.process_time()
scaler = StandardScaler(copy=False)
model = models[who]().fit(scaler.fit_transform(x), y)
seconds, processor = time.perf_counter() - start, time.process_time() - before
print(f"{seconds:.6f} test accuracy {100 * model.score(scaler.transform(tx), ty):.2f} %, {processor:.2f} s of processors")
