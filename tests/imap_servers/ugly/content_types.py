"""Content-Types that name nothing, or the wrong thing."""

from tests.imap_servers.ugly.write import Mails, mail

_TYPES = {
    "missing": None,
    "empty": "",
    "one_word": "text",
    "no_subtype": "text/",
    "only_a_slash": "/",
    "three_parts": "text/plain/more",
    "comment_within": "text/(a comment)plain",
    "capitals": "TEXT/PLAIN; CHARSET=UTF-8",
    "unknown": "x-nothing/x-unknown",
    "picture_of_text": "image/png",
    "file_of_text": "application/octet-stream",
    "message_of_text": "message/rfc822",
    "partial": "message/partial; id=x; number=1; total=99999999999999999999",
    "external": "message/external-body; access-type=local-file; name=/etc/passwd",
    "report": "multipart/report; report-type=delivery-status; boundary=b",
    "no_boundary": "multipart/mixed",
    "empty_boundary": 'multipart/mixed; boundary=""',
    "boundary_never_closed": 'multipart/mixed; boundary="b',
    "boundary_of_5000_letters": "multipart/mixed; boundary=" + "b" * 5_000,
    "boundary_is_a_pattern": 'multipart/mixed; boundary="(a+)+$"',
    "boundary_with_nul": "multipart/mixed; boundary=a\0b",
    "boundary_of_dashes": "multipart/mixed; boundary=--",
    "parameter_without_value": "text/plain; charset",
    "parameter_without_name": "text/plain; =utf-8",
    "semicolons": "text/plain" + ";" * 100_000,
    "parameters_10000": "text/plain" + "".join(f"; p{n}=v" for n in range(10_000)),
    "quotes_100000": 'text/plain; name="' + '\\"' * 100_000,
    "continuations_10000": "text/plain" + "".join(f"; name*{n}=a" for n in range(10_000)),
    "continuations_with_gaps": "text/plain; name*0=a; name*7=b; name*3=c",
    "continuations_repeated": "text/plain; name*0=a; name*0=b; name*0*=c; name=d",
    "continuation_of_5000_digits": f"text/plain; name*{'9' * 5_000}=a",
    "continuation_below_0": "text/plain; name*-1=a",
    "continuation_unknown_charset": "text/plain; name*=x-klingon'tlh'%ff%fe",
    "continuation_broken_escapes": "text/plain; name*=utf-8''%zz%f%",
    "continuation_without_quotes": "text/plain; name*=utf-8%20",
    "charset_in_continuations": "text/plain; charset*0=ut; charset*1=f-8",
    "charset_extended": "text/plain; charset*=us-ascii'en'utf-8",
    "format_flowed_nonsense": "text/plain; format=flowed; delsp=maybe",
}


def mails() -> Mails:
    """Yield name and bytes of each."""
    for name, content_type in _TYPES.items():
        yield name, mail(Content_Type=content_type)
    yield "html_called_plain", mail("<html><body><p>Two people<br>are inside.</p></body></html>")
    yield "plain_called_html", mail("Two < people > are & inside &", Content_Type="text/html")
