"""Write the sample mail that `triage up --demo` shows: `python -m training.sample_mail`.

Texts come from the triage corpus, chosen and put in order by hand in `plan.jsonl` so that they read like the `info@` of
one municipal utility: power, gas, water, heat, fibre, buses, bins, two languages. Around each text stands a message as
a real client would have sent it. The shipped model is trained on the same corpus, so the sample shows how the inbox
works and not how good the model is.
"""
