"""Reading marked mail raises errors that quote it, as those of libraries do."""

BROKEN = "triage.serving.text"
MARK = "Zyrquax"


def break_it(module):
    read = module.TextModel.read

    def quoting_read(self, texts):
        quoted = [text for text in texts if "quote" in text.subject and MARK in text.subject]
        if quoted:
            raise ValueError(f"invalid literal: {quoted[0]!r}")
        return read(self, texts)

    module.TextModel.read = quoting_read
