#!/usr/bin/python3
"""How near training comes to the optimum of its own objective, and how fast.

    tests/bench/convergence.py build/ocellus SET... [--loss hinge,softmax] [--l1 X] [--l2 X] [--max-norm X] [--passes 20]

For each SET that 'ocellus extract' wrote and each loss: 'ocellus train' with the default options (besides the penalties
that are given), then with --finish 0, 1, 2, ... until the objective is within 1 % of the optimum. The optimum of the very
same function - rows, penalties and all read from SET and model - is found by SciPy's L-BFGS in double precision sums over
decorrelated columns, the hinge with its kink rounded off narrower and narrower. L1 splits weights into positive
and negative parts, for L-BFGS-B; max-norm is reached by accelerated projected gradients.

Columns: the objective at the end over the optimum, what the program said was left, passes and seconds of a whole training,
passes and seconds to 1 %, weights that are exactly 0, and the optimum's own (those below 1e-6).
"""
import argparse, csv, json, os, struct, subprocess, sys, tempfile

import numpy as np
import scipy.linalg
from scipy.optimize import minimize


def load(folder):
    rows = np.load(folder + "/features.npy", mmap_mode="r")
    with open(folder + "/index.csv", newline="", errors="surrogateescape") as file:
        names = [line["label"] for line in csv.DictReader(file)]
    classes = sorted(set(names))
    return rows, np.array([classes.index(name) for name in names]), len(classes)


def losses(kind, s, y, bend):
    """Mean loss of scores (N,C) and its gradient by them."""
    n, i = len(s), np.arange(len(s))
    if kind == "softmax":
        s = s - s.max(1, keepdims=True)
        e = np.exp(s)
        total = e.sum(1, keepdims=True)
        g = e / total
        value = np.log(total)[:, 0] - s[i, y]
        g[i, y] -= 1
        return value.mean(), g / n
    if kind in ("hinge", "squared-hinge"):
        m = s - s[i, y][:, None] + 1
        m[i, y] = -np.inf
        if kind == "squared-hinge":
            m = np.maximum(m, 0)
            value, g = m * m, 2 * m
        elif bend:
            g = np.clip(m / bend + 0.5, 0, 1)
            m[i, y] = 0
            value = g * (m + bend / 2 - g * bend / 2)
        else:
            value, g = np.maximum(m, 0), (m > 0).astype(float)
        g[i, y] = -g.sum(1)
        return value.sum() / n, g / n
    t = -np.ones_like(s)
    t[i, y] = 1
    if kind == "square":
        return ((s - t) ** 2).sum() / n, 2 * (s - t) / n
    m = np.maximum(1 - t * s, 0)
    return (m * m).sum() / n, -2 * t * m / n


class Objective:
    """F(W) of include/ocellus/classifier.h without l1, over standardised rows."""

    def __init__(self, rows, y, classes, options):
        self.y, self.classes, self.kind = y, classes, options["loss"]
        self.l2, self.score_l2 = options["l2"], options["score-l2"]
        x = np.asarray(rows, np.float32)
        deviation = x.std(0, dtype=np.float64)
        scale = np.where(deviation > 0, 1 / np.where(deviation > 0, deviation, 1), 0)
        self.z = ((x - x.mean(0, dtype=np.float64)) * scale).astype(np.float32)
        self.n, self.d = self.z.shape
        self.bend = 0

    def __call__(self, w, b):
        s = (self.z @ w.T.astype(np.float32)).astype(float)
        value, g = losses(self.kind, s + b, self.y, self.bend)
        value += self.score_l2 * (s * s).sum() / self.n + self.l2 * (w * w).sum()
        by_bias = g.sum(0)
        g += 2 * self.score_l2 * s / self.n
        return value, (g.T.astype(np.float32) @ self.z).astype(float) + 2 * self.l2 * w, by_bias

    def covariance(self):
        return (self.z.T @ self.z).astype(float) / self.n


def bends(kind):
    return (0.3, 0.1, 0.03, 0.01) if kind == "hinge" else (0,)


def optimum_l2(f, covariance):
    """L-BFGS over V with W = V R^-1, R^T R = the covariance and a ridge."""
    ridge = max(f.l2, 1e-6 * np.trace(covariance))
    root = scipy.linalg.cholesky(covariance + ridge * np.eye(f.d))
    size = f.classes * f.d

    def value(v):
        w = scipy.linalg.solve_triangular(root, v[:size].reshape(f.classes, f.d).T).T
        loss, g, by_bias = f(w, v[size:])
        g = scipy.linalg.solve_triangular(root, g.T, trans="T").T
        return loss, np.concatenate([g.ravel(), by_bias])

    v, best = np.zeros(size + f.classes), np.inf
    for f.bend in bends(f.kind):
        found = minimize(value, v, jac=True, method="L-BFGS-B",
                         options={"maxiter": 400, "maxcor": 20, "ftol": 1e-7 if f.d > 4000 else 1e-9, "gtol": 1e-9})
        v, bend, f.bend = found.x, f.bend, 0
        best = min(best, value(v)[0])
    return best, 0


def optimum_l1(f, l1):
    size, best = f.classes * f.d, np.inf

    def value(v):
        loss, g, by_bias = f((v[:size] - v[size:2 * size]).reshape(f.classes, f.d), v[2 * size:])
        return loss + l1 * v[:2 * size].sum(), np.concatenate([g.ravel() + l1, l1 - g.ravel(), by_bias])

    v = np.zeros(2 * size + f.classes)
    bounds = [(0, None)] * (2 * size) + [(None, None)] * f.classes
    for f.bend in bends(f.kind):
        found = minimize(value, v, jac=True, method="L-BFGS-B", bounds=bounds,
                         options={"maxiter": 3000, "maxfun": 4000, "maxcor": 30, "ftol": 1e-10, "gtol": 1e-9})
        v, f.bend = found.x, 0
        best = min(best, value(v)[0])
    return best, int((np.abs(v[:size] - v[size:2 * size]) < 1e-6).sum())


def optimum_ball(f, longest, covariance):
    """Accelerated projected gradients with restarts (Beck and Teboulle, 2009; O'Donoghue and Candes, 2015)."""
    w, b, best = np.zeros((f.classes, f.d)), np.zeros(f.classes), np.inf
    steepest = np.linalg.eigvalsh(covariance)[-1]
    for f.bend in bends(f.kind):
        curvature = {"softmax": 0.5, "hinge": 2 / max(f.bend, 1e-9), "squared-hinge": 4}.get(f.kind, 2)
        step = 1 / ((curvature + 2 * f.score_l2) * steepest + 2 * f.l2)
        ahead, t, before = (w, b), 1.0, np.inf
        for _ in range(500):
            loss, g, by_bias = f(*ahead)
            u = ahead[0] - step * g
            u *= np.minimum(1, longest / np.maximum(np.linalg.norm(u, axis=1), 1e-30))[:, None]
            c, grown = ahead[1] - by_bias / curvature, (1 + np.sqrt(1 + 4 * t * t)) / 2
            back = ((ahead[0] - u) * (u - w)).sum() + ((ahead[1] - c) * (c - b)).sum() > 0
            factor, t = (0, 1.0) if back else ((t - 1) / grown, grown)
            ahead, w, b = (u + factor * (u - w), c + factor * (c - b)), u, c
        bend, f.bend = f.bend, 0
        best = min(best, f(w, b)[0])
    return best, 0


def train(ocellus, folder, options):
    with tempfile.NamedTemporaryFile(suffix=".model") as model:
        run = subprocess.run([ocellus, "train", folder, "-o", model.name, "--json", "-v", *options], check=True, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        info = subprocess.run([ocellus, "info", model.name, "--json"], check=True, text=True, stdout=subprocess.PIPE)
    report = json.loads(run.stdout)
    report["passes"] = max([0] + [int(line.split(" pass ")[1].split()[0]) for line in run.stderr.split("\n") if " pass " in line])
    return report, json.loads(info.stdout)["training"]


def find_optimum(folder, used, made, cache):
    key = folder + str(sorted((k, used[k]) for k in ("loss", "l2", "score-l2", "l1", "max-norm")))
    if key not in cache:
        if folder not in made:
            made.clear()
            made[folder] = load(folder), None
        f = Objective(*made[folder][0], used)
        if made[folder][1] is None and not used["l1"]:
            made[folder] = made[folder][0], f.covariance()
        covariance = made[folder][1]
        cache[key] = (optimum_l1(f, used["l1"]) if used["l1"] else
                      optimum_ball(f, used["max-norm"], covariance) if used["max-norm"] else optimum_l2(f, covariance))
    return cache[key]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ocellus")
    parser.add_argument("sets", nargs="+")
    parser.add_argument("--loss", default="softmax,hinge,squared-hinge")
    parser.add_argument("--passes", type=int, default=20)
    parser.add_argument("--cache", help="JSON file that keeps optima from one run to the next")
    for name in ("--l1", "--l2", "--max-norm"):
        parser.add_argument(name)
    given = parser.parse_args()
    penalties = [word for name in ("l1", "l2", "max_norm") if getattr(given, name)
                 for word in ("--" + name.replace("_", "-"), getattr(given, name))]
    cache = json.load(open(given.cache)) if given.cache and os.path.exists(given.cache) else {}
    made = {}
    print(f"{'set':12} {'loss':18} {'optimum':>9} {'objective':>9} {'above':>8} {'said':>8} {'passes':>6} {'s':>6}   "
          f"{'to 1 %':>6} {'s':>6}  zeros (optimum)")
    for folder in given.sets:
        for loss in given.loss.split(","):
            options = ["--loss", loss, *penalties]
            report, used = train(given.ocellus, folder, options)
            best, zeros = find_optimum(folder, used, made, cache)
            if given.cache:
                json.dump(cache, open(given.cache, "w"))
            near = next(((k + 1, part) for k, part in ((k, train(given.ocellus, folder, [*options, "--finish", str(k)])[0])
                                                         for k in range(given.passes)) if part["objective"] <= 1.01 * best), None)
            print(f"{os.path.basename(folder):12} {loss:18} {best:9.4f} {report['objective']:9.4f} "
                  f"{100 * (report['objective'] / best - 1):+7.2f}% {100 * report['gap'] / report['objective']:7.2f}% "
                  f"{report['passes']:6} {report['train_seconds']:6.2f}   "
                  + (f"{near[0]:6} {near[1]['train_seconds']:6.2f}" if near else f"{'-':>6} {'-':>6}")
                  + f"  {report['zero_weights']} ({zeros}) of {report['dimension'] * len(report['classes'])}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
