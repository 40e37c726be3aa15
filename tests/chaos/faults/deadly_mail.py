"""One mail is deadly to whoever reads it."""

import os

BROKEN = "triage.serving.text"
DEADLY = "deadly mail"


def break_it(module):
    read = module.TextModel.read

    def deadly_read(self, texts):
        if any(DEADLY in text.subject for text in texts):
            os.abort()
        return read(self, texts)

    module.TextModel.read = deadly_read
