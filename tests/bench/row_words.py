"""Encoding by visual words: triangle codes of every 6x6 patch of 32x32 images, summed over 2x2 regions, one thread."""
from bench import Contender, Row


def rows(context):
    path, images, width, height = context.inputs.raw_small(60 if context.quick else 200)
    words, places, values = 1600, 27 * 27, 108
    learn = f"words:count={words},iterations=2,samples={4 * words}"
    contenders = [Contender(spec, [context.program("stage"), f"{learn},{spec}", path, images, width, height], "ours")
                  for spec in ("mirror=0", "mirror=1", "keep=1")]
    contenders += [
        Contender("the product alone", [context.program("product"), images * places, words, values, 2, 1], "limit", work=2 * images),
        context.peer_python("torch_words.py", "torch", "python3-torch", path, images, words, name="PyTorch, unfold and product"),
    ]
    return [Row(f"encoding by {words} words, 32x32, one thread", images, "images", contenders)]
