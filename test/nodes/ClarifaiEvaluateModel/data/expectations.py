"""Makes classifiers.json and detectors.json: examples, and what well-known libraries say of them.

    apt-get install python3-sklearn python3-venv          # scikit-learn 1.2.1, numpy 1.24.2
    python3 -m venv --system-site-packages coco
    coco/bin/pip install --no-deps pycocotools==2.0.11
    coco/bin/python expectations.py

Run with Python 3.11 on Debian 12. The random examples are seeded, so that a second run gives the same files.
"""

import json
import random
import warnings
from pathlib import Path

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    precision_recall_fscore_support,
    roc_auc_score,
)
from sklearn.preprocessing import MultiLabelBinarizer

HERE = Path(__file__).parent
NOTHING = ""  # what is predicted where a model gives no concept; never among the labels

# "warn" is scikit-learn's default for a division by zero: 0, with this warning.
warnings.simplefilter("ignore", UndefinedMetricWarning)


# ---- classifiers ----


def classifier(name, concepts, rows):
    """rows: (actual concepts, {concept: value})"""
    single = all(len(actual) == 1 for actual, _ in rows)
    if single:
        chosen = [argmax(values) for _, values in rows]
        expected = single_label([actual[0] for actual, _ in rows], chosen)
    else:
        chosen = [[c for c, v in values.items() if v > 0.5] for _, values in rows]
        expected = multi_label([actual for actual, _ in rows], chosen)
    expected["labelling"] = "singleLabel" if single else "multiLabel"
    expected.update(roc_aucs(rows))
    return {
        "name": name,
        "concepts": concepts,
        "actual": [[concepts.index(c) for c in actual] for actual, _ in rows],
        # In the order of the concepts; null where the model gives no value.
        "values": [[values.get(c) for c in concepts] for _, values in rows],
        "expected": expected,
    }


def argmax(values):
    if not values:
        return NOTHING
    classes = sorted(values)
    return classes[int(np.argmax([values[c] for c in classes]))]


def single_label(actual, chosen):
    labels = sorted((set(actual) | set(chosen)) - {NOTHING})
    return {
        **scores(actual, chosen, labels=labels),
        "labels": labels,
        "confusion": confusion_matrix(
            actual, chosen, labels=labels + [NOTHING] if NOTHING in chosen else labels
        )[: len(labels), : len(labels)].tolist(),
    }


def multi_label(actual, chosen):
    labels = sorted({c for row in actual + chosen for c in row})
    binarizer = MultiLabelBinarizer(classes=labels)
    binarizer.fit([])
    result = scores(binarizer.transform(actual), binarizer.transform(chosen))
    return {**result, "labels": labels}


def scores(actual, chosen, labels=None):
    p, r, f, _ = precision_recall_fscore_support(actual, chosen, labels=labels, average="macro")
    by = precision_recall_fscore_support(actual, chosen, labels=labels)
    return {
        "accuracy": accuracy_score(actual, chosen),
        "macroPrecision": p,
        "macroRecall": r,
        "macroF1": f,
        "precision": by[0].tolist(),
        "recall": by[1].tolist(),
        "f1": by[2].tolist(),
        "examples": by[3].tolist(),
    }


def roc_aucs(rows):
    concepts = sorted({c for actual, values in rows for c in [*actual, *values]})
    if any(len(values) < len(concepts) for _, values in rows):
        return {}
    actual = np.array([[c in a for c in concepts] for a, _ in rows], dtype=int)
    values = np.array([[v[c] for c in concepts] for _, v in rows])
    # roc_auc_score refuses a class without positives or without negatives.
    usable = [k for k in range(len(concepts)) if 0 < actual[:, k].sum() < len(rows)]
    if not usable:
        return {}
    areas = roc_auc_score(actual[:, usable], values[:, usable], average=None)
    return {
        "rocAuc": roc_auc_score(actual[:, usable], values[:, usable], average="macro"),
        "rocAucs": dict(zip([concepts[k] for k in usable], np.atleast_1d(areas).tolist())),
    }


def random_classifier(name, seed, count, classes, *, multi=False, given="all", never=(), only=()):
    """never: concepts that are never predicted; only: concepts that are only predicted"""
    rng = random.Random(seed)
    concepts = [f"c{k:02d}" for k in range(classes)]
    labels = [c for k, c in enumerate(concepts) if k not in only]
    rows = []
    for _ in range(count):
        actual = (
            [c for c in labels if rng.random() < 0.25] if multi else [labels[int(rng.random() ** 2 * len(labels))]]
        )
        values = {}
        for k, concept in enumerate(concepts):
            likely = 0.45 if concept in actual else 0.0
            # Two digits: many values are equal.
            values[concept] = round(min(1, max(0, likely + rng.random() * 0.65)), 2)
            if k in never:
                values[concept] = round(values[concept] * 0.01, 2)
        if given == "best":
            best = sorted(values, key=values.get, reverse=True)[:3]
            values = {c: values[c] for c in best if values[c] > 0.4}
        rows.append((actual, values))
    return classifier(name, concepts, rows)


def classifiers():
    yield classifier(
        "three concepts by hand",
        ["bird", "cat", "dog"],
        [
            (["cat"], {"bird": 0.1, "cat": 0.7, "dog": 0.2}),
            (["cat"], {"bird": 0.2, "cat": 0.3, "dog": 0.5}),
            (["dog"], {"bird": 0.0, "cat": 0.1, "dog": 0.9}),
            (["dog"], {"bird": 0.3, "cat": 0.4, "dog": 0.3}),
            (["bird"], {"bird": 0.6, "cat": 0.3, "dog": 0.1}),
        ],
    )
    yield classifier(
        "equal values",
        ["a", "b", "c"],
        [
            (["b"], {"c": 0.4, "b": 0.4, "a": 0.2}),
            (["c"], {"c": 0.4, "b": 0.4, "a": 0.2}),
            (["a"], {"c": 0.5, "b": 0.0, "a": 0.5}),
        ],
    )
    yield classifier(
        "nothing predicted, one concept never, one only",
        ["a", "b", "only"],
        [(["a"], {"a": 0.9}), (["a"], {}), (["b"], {"only": 0.6}), (["b"], {}), (["a"], {"a": 0.5})],
    )
    yield classifier(
        "everything wrong", ["a", "b"], [(["a"], {"a": 0.1, "b": 0.9}), (["b"], {"a": 0.9, "b": 0.1})]
    )
    yield classifier("one concept", ["a"], [(["a"], {"a": 0.9}), (["a"], {"a": 0.2})])
    yield classifier(
        "several labels, none, and exactly 0.5",
        ["a", "b", "c"],
        [
            (["a", "b"], {"a": 0.9, "b": 0.6, "c": 0.1}),
            ([], {"a": 0.2, "b": 0.5, "c": 0.1}),
            (["c"], {"a": 0.7, "b": 0.1, "c": 0.5}),
            (["a", "c"], {"a": 0.51, "b": 0.8, "c": 0.9}),
        ],
    )
    yield random_classifier("300 inputs, 3 concepts", 1, 300, 3)
    yield random_classifier("400 inputs, 7 concepts, some never or only predicted", 2, 400, 7, never={2}, only={6})
    yield random_classifier("400 inputs, 12 concepts", 3, 400, 12)
    yield random_classifier("300 inputs, 12 concepts, only the best given", 4, 300, 12, given="best")
    yield random_classifier("300 inputs with several labels, 5 concepts", 5, 300, 5, multi=True)
    yield random_classifier(
        "300 inputs with several labels, 9 concepts, some never or only predicted", 6, 300, 9, multi=True, never={0, 4}, only={8}
    )


# ---- detectors ----
# Boxes lie on a grid of 1/64, so that every overlap is exact here and there.


def detector(name, images):
    """images: (labelled [[concept, top, left, bottom, right]], predicted [[concept, value, top, …]])"""
    concepts = sorted({region[0] for image in images for regions in image for region in regions})
    ids = {concept: k + 1 for k, concept in enumerate(concepts)}
    truth = COCO()
    truth.dataset = {
        "info": {},
        "images": [{"id": i + 1} for i in range(len(images))],
        "categories": [{"id": k, "name": c} for c, k in ids.items()],
        "annotations": [],
    }
    predictions = []
    for i, (labelled, predicted) in enumerate(images):
        for concept, *box in labelled:
            truth.dataset["annotations"].append(
                {
                    # An ID of 0 would count as unmatched.
                    "id": len(truth.dataset["annotations"]) + 1,
                    "image_id": i + 1,
                    "category_id": ids[concept],
                    "bbox": xywh(box),
                    "area": area(box),
                    "iscrowd": 0,
                }
            )
        for concept, value, *box in predicted:
            predictions.append(
                {"image_id": i + 1, "category_id": ids[concept], "bbox": xywh(box), "score": value}
            )
    truth.createIndex()
    found = truth.loadRes(predictions)
    run = COCOeval(truth, found, "bbox")
    run.evaluate()
    run.accumulate()
    run.summarize()
    at_half = run.eval["precision"][0, :, :, 0, 2]
    missed = {c: 0 for c in concepts}
    for entry in run.evalImgs:
        if entry and entry["aRng"] == run.params.areaRng[0] and entry["maxDet"] == 100:
            missed[concepts[entry["category_id"] - 1]] += int((entry["gtMatches"][0] == 0).sum())
    return {
        "name": name,
        # Boxes in 64ths: top, left, bottom, right.
        "images": [
            {
                "actual": [[concept, *in_64ths(box)] for concept, *box in labelled],
                "predicted": [[concept, value, *in_64ths(box)] for concept, value, *box in predicted],
            }
            for labelled, predicted in images
        ],
        "expected": {
            "map": run.stats[0],
            "map50": run.stats[1],
            "missed": missed,
            "averagePrecision": {
                c: at_half[:, k].mean() for k, c in enumerate(concepts) if at_half[0, k] >= 0
            },
        },
    }


def xywh(box):
    top, left, bottom, right = box
    return [left, top, right - left, bottom - top]


def area(box):
    top, left, bottom, right = box
    return (right - left) * (bottom - top)


def in_64ths(box):
    assert all(edge * 64 == int(edge * 64) for edge in box)
    return [int(edge * 64) for edge in box]


def grid_box(rng):
    top, left = rng.randrange(0, 44), rng.randrange(0, 44)
    height, width = rng.randrange(4, 20), rng.randrange(4, 20)
    return [top / 64, left / 64, (top + height) / 64, (left + width) / 64]


def shifted(rng, box):
    top, left, bottom, right = in_64ths(box)
    move = lambda: rng.choice([-2, -1, 0, 0, 0, 1, 2])
    top, left = max(0, top + move()), max(0, left + move())
    bottom, right = min(64, max(top + 1, bottom + move())), min(64, max(left + 1, right + move()))
    return [top / 64, left / 64, bottom / 64, right / 64]


def random_detector(name, seed, count, classes, never=(), only=()):
    rng = random.Random(seed)
    concepts = [f"c{k}" for k in range(classes)]
    labels = [c for k, c in enumerate(concepts) if k not in only]
    usable = [c for k, c in enumerate(concepts) if k not in never]
    images = []
    for _ in range(count):
        labelled = [[rng.choice(labels), *grid_box(rng)] for _ in range(rng.randrange(0, 6))]
        predicted = []
        for concept, *box in labelled:
            while rng.random() < 0.6:
                name_ = concept if concept in usable and rng.random() < 0.85 else rng.choice(usable)
                predicted.append([name_, round(rng.random(), 2), *shifted(rng, box)])
        for _ in range(rng.randrange(0, 3)):
            predicted.append([rng.choice(usable), round(rng.random() * 0.7, 2), *grid_box(rng)])
        images.append((labelled, predicted))
    return detector(name, images)


def detectors():
    whole = [0, 0, 1, 1]
    half = [0, 0, 0.5, 1]
    yield detector("one box, found exactly", [([["a", *half]], [["a", 0.9, *half]])])
    yield detector("overlap of exactly 0.5", [([["a", *whole]], [["a", 0.9, *half]])])
    yield detector(
        "a duplicate, a miss and a wrong place",
        [
            (
                [["a", 0, 0, 0.25, 0.25], ["a", 0.5, 0.5, 0.75, 0.75], ["b", 0, 0.5, 0.25, 0.75]],
                [
                    ["a", 0.9, 0, 0, 0.25, 0.25],
                    ["a", 0.8, 0, 0, 0.25, 0.234375],
                    ["b", 0.7, 0.75, 0, 1, 0.25],
                    ["only", 0.6, 0, 0, 0.25, 0.25],
                ],
            )
        ],
    )
    yield detector(
        "two labels that overlap a prediction the same",
        [
            (
                [["a", 0, 0, 0.5, 0.5], ["a", 0, 0.125, 0.5, 0.625]],
                [["a", 0.9, 0, 0.0625, 0.5, 0.5625], ["a", 0.8, 0, 0, 0.5, 0.5]],
            )
        ],
    )
    yield detector(
        "more than 100 predictions in one input",
        [([["a", *half]], [["a", 0.5 + k / 1000, 0.75, 0, 1, (k % 20 + 1) / 64] for k in range(100)] + [["a", 0.4, *half]])],
    )
    # Recalls of 7/20, 14/20 and 19/20 meet the 101 points only as numpy spaces them.
    yield detector(
        "20 labels, every other prediction right",
        [
            (
                [["a", 0, 0, 0.25, 0.25]],
                [["a", 1 - k / 50, 0, 0, 0.25, 0.25], ["a", 0.99 - k / 50, 0.5, 0.5, 1, 1]],
            )
            for k in range(20)
        ],
    )
    yield random_detector("150 inputs, 3 concepts", 11, 150, 3)
    yield random_detector("200 inputs, 8 concepts, some never or only predicted", 12, 200, 8, never={1}, only={7})
    yield random_detector("200 inputs, 12 concepts", 13, 200, 12)


def write(name, entries):
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries)
    (HERE / name).write_text(f"[\n{lines}\n]\n")


write("classifiers.json", classifiers())
write("detectors.json", detectors())
