"""k-means: 10 of Lloyd's iterations, same points, same first centres."""
from bench import Contender, Row


def rows(context):
    points, words, iterations = (50000, 400, 10) if context.quick else (400000, 1600, 10)
    path, values = context.inputs.patches(points)
    first, shape = context.output("centres"), [path, points, values, words]
    seeded = context.seed_centres(*shape, first)
    contenders = [
        Contender(f"ocellus, {t} thread{'s' if t > 1 else ''}", [context.program("kmeans"), *shape, first, iterations, t], "ours")
        for t in sorted({1, context.threads}, reverse=True)]
    contenders += [
        Contender("ocellus, k-means++ seeding alone", seeded, "ours", work=0),
        Contender("the product alone", [context.program("product"), points, words, values, iterations, context.threads], "limit"),
        context.peer_python("kmeans.py", "sklearn", "python3-sklearn", "sklearn", *shape, first, iterations, context.threads,
                            name="scikit-learn, Lloyd"),
        context.peer_python("kmeans.py", "faiss", "python3-faiss", "faiss", *shape, first, iterations, context.threads,
                            name="faiss"),
    ]
    return [Row(f"k-means, {points} x {values}, k = {words}, {iterations} iterations, {context.threads} threads",
                2e-9 * points * values * words * iterations, "GFLOP", contenders, None if context.quick else 3)]
