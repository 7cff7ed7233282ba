"""k-means of scikit-learn or faiss: sklearn|faiss POINTS N D K CENTRES ITERATIONS THREADS. Prints seconds and the error."""
import os
import sys
import time
import warnings

who, points, n, d, k, centres, iterations, threads = sys.argv[1:3] + [int(a) for a in sys.argv[3:6]] + sys.argv[6:7] + [
    int(a) for a in sys.argv[7:9]]
os.environ["OMP_NUM_THREADS"] = str(threads)
import numpy  # noqa: E402, after the number of threads

x, first = numpy.fromfile(points, numpy.float32).reshape(n, d), numpy.fromfile(centres, numpy.float32).reshape(k, d)
if who == "sklearn":
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    model = KMeans(k, init=first, n_init=1, max_iter=iterations, tol=0, algorithm="lloyd")
    with threadpool_limits(threads), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = time.perf_counter()
        model.fit(x)
        seconds = time.perf_counter() - start
    error = model.inertia_ / n
else:
    import faiss

    faiss.omp_set_num_threads(threads)
    model = faiss.Kmeans(d, k, niter=iterations, max_points_per_centroid=n)
    start = time.perf_counter()
    model.train(x, init_centroids=first)
    seconds = time.perf_counter() - start
    error = model.index.search(x, 1)[0].mean()
print(f"{seconds:.6f} error {error:.4f}")
