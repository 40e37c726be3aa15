"""How training goes, epoch by epoch, in files that TensorBoard draws."""

from pathlib import Path

import tensorflow as tf

from training.evaluate import columns_of, figures_of, overall
from training.heads import Labels, Matrices

# `tf.summary.scalar` writes the same, but only where TensorBoard is installed.
_SCALAR = tf.compat.v1.SummaryMetadata(
    plugin_data=tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars"), data_class="DATA_CLASS_SCALAR"
)


class Journal:
    """Writes figures below a folder, a run of TensorBoard's for each name given."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._writers: dict[str, tf.summary.SummaryWriter] = {}

    def note(self, run: str, epoch: int, truth: Labels, logits: Matrices) -> None:
        """Write the overall figure and each head's macro-F1 after an epoch, the first being 1."""
        figures = figures_of(truth, columns_of(logits))
        shown = {name: figure for name, figure in figures.items() if name.endswith("_macro_f1")}
        if run not in self._writers:
            self._writers[run] = tf.summary.create_file_writer(str(self._folder / run))
        with self._writers[run].as_default():
            for name, figure in {"overall": overall(figures), **shown}.items():
                tf.summary.write(name, tf.constant(figure, tf.float32), step=epoch, metadata=_SCALAR)
        # Whoever watches sees the epoch as soon as it is done.
        self._writers[run].flush()
