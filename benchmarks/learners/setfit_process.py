"""SetFit, in a process and an environment of its own: PyTorch and TensorFlow do not share one well.

    python setfit_process.py WEIGHTS CPU_THREADS

Every line of JSON is answered with one:

    {}                                                                  {"ready": true}
    {"fit": [[text, label], …], "pairs": N, "length": TOKENS, "seed": N}  {"steps": N}
    {"predict": [text, …]}                                              {"guesses": [[label, probability], …]}

Nothing is fetched; the encoder is read from its folder.
"""

import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from typing import Any

os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}

import torch
from datasets import Dataset
from setfit import SetFitModel, Trainer, TrainingArguments

BATCH = 16


def main(weights: str, threads: int) -> None:
    """Answer line by line until there is no more."""
    torch.set_num_threads(threads)
    model: SetFitModel | None = None
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # What the libraries print is no answer.
    for line in sys.stdin:
        asked = json.loads(line)
        if "fit" in asked:
            model = SetFitModel.from_pretrained(weights, local_files_only=True)
            answer: dict[str, Any] = {"steps": fit(model, asked)}
        elif model and "predict" in asked:
            answer = {"guesses": guesses(model, asked["predict"])}
        else:
            answer = {"ready": True}
        print(json.dumps(answer), file=answers, flush=True)


def fit(model: SetFitModel, asked: dict[str, Any]) -> int:
    """Learn by SetFit's own defaults, with at most so many pairs; return the steps taken."""
    texts, labels = zip(*asked["fit"], strict=True)
    model.model_body.max_seq_length = asked["length"]
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            batch_size=BATCH,
            num_epochs=1,
            max_steps=min(asked["pairs"], _all_pairs(labels)) // BATCH,
            seed=asked["seed"],
            report_to="none",
            save_strategy="no",
            logging_strategy="no",
            show_progress_bar=False,
        )
        data = Dataset.from_dict({"text": texts, "label": labels})
        trainer = Trainer(model=model, args=arguments, train_dataset=data)
        trainer.train()
        return int(trainer.st_trainer.state.global_step)


def guesses(model: SetFitModel, texts: Sequence[str]) -> list[tuple[str, float]]:
    """Return the likeliest label of each text and its probability."""
    probabilities = model.predict_proba(texts, as_numpy=True)
    labels = model.model_head.classes_
    return [(str(labels[row.argmax()]), float(row.max())) for row in probabilities]


def _all_pairs(labels: Sequence[str]) -> int:
    """Return how many pairs an epoch has: each of the commoner kind once, the rarer kind as often."""
    sizes = Counter(labels).values()
    alike = sum(size * (size + 1) // 2 for size in sizes)  # A text is paired with itself too.
    return 2 * max(alike, len(labels) * (len(labels) + 1) // 2 - alike)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
