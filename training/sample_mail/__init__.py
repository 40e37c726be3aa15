"""Write the sample mail that `triage up --demo` shows: `python -m training.sample_mail`.

Texts come from the triage corpus, chosen and put in order by hand in `plan.jsonl` so that they read like the `info@` of
one municipal utility: power, gas, water, heat, fibre, buses, bins, two languages. Around each text stands a message as
a real client would have sent it. Last come those of `letters.jsonl`: nine about a blackout, four who want the same.
All others are from the corpus, on which the shipped model is trained, so the sample shows how the inbox works and not
how good the model is.
"""
