"""scikit-learn's classifier and ours on the same features: sklearn_features.py TRAIN-FOLDER TEST-FOLDER"""

import sys
from pathlib import Path

import ocellus
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

(train, test) = (sorted(Path(folder).glob("*/*")) for folder in sys.argv[1:3])
features = ocellus.Features("hog:cell=7")
rows, new_rows = features.fit_transform(train), features.transform(test)
labels, new_labels = ([path.parent.name for path in paths] for paths in (train, test))
for classifier in (make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)), ocellus.LinearClassifier()):
    classifier.fit(rows, labels)
    print(f"{type(classifier).__name__}: {classifier.score(new_rows, new_labels):.3f} of {len(test)} images right")
