"""The same text in HTML, as each client marks it up."""

import html
import re
from dataclasses import dataclass
from itertools import groupby

_LINK = re.compile(r"https?://[^\s<>\"']*[\w/]")


@dataclass(frozen=True, slots=True)
class Markup:
    """How a client writes a message in HTML.

    Attributes:
        line: One line, `%s` for its text.
        blank: An empty line.
        quote: What somebody else wrote, `%s` for its lines.
        page: The whole document, `%s` for the message.
    """

    line: str
    blank: str
    quote: str
    page: str


OUTLOOK = Markup(
    line='<p class="MsoNormal">%s<o:p></o:p></p>',
    blank='<p class="MsoNormal"><o:p>&nbsp;</o:p></p>',
    quote='<blockquote style="margin-left:4.8pt;border-left:solid #CCCCCC 1.0pt">\n%s\n</blockquote>',
    page="""<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
<head>
<meta name="Generator" content="Microsoft Word 15 (filtered medium)">
<style><!--
@font-face {font-family:Calibri; panose-1:2 15 5 2 2 2 4 3 2 4;}
p.MsoNormal, li.MsoNormal, div.MsoNormal
\t{margin:0cm; font-size:11.0pt; font-family:"Calibri",sans-serif; mso-ligatures:standardcontextual;}
a:link, span.MsoHyperlink {mso-style-priority:99; color:#0563C1; text-decoration:underline;}
div.WordSection1 {page:WordSection1;}
--></style>
</head>
<body lang="DE" link="#0563C1" vlink="#954F72" style="word-wrap:break-word">
<div class="WordSection1">
%s
</div>
</body>
</html>
""",
)
GMAIL = Markup(
    line="<div>%s</div>",
    blank="<div><br></div>",
    quote='<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);'
    'padding-left:1ex">%s</blockquote>',
    page='<div dir="ltr">%s</div>\n',
)
APPLE = Markup(
    line="<div>%s</div>",
    blank="<div><br></div>",
    quote='<blockquote type="cite">%s</blockquote>',
    page='<html><head></head><body style="overflow-wrap: break-word; -webkit-nbsp-mode: space; '
    'line-break: after-white-space;">%s</body></html>',
)
PHONE = Markup(
    line='<div dir="auto">%s</div>',
    blank='<div dir="auto"><br></div>',
    quote='<blockquote type="cite"><div dir="ltr">%s</div></blockquote>',
    page='<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head>'
    '<body dir="auto">%s</body></html>',
)
THUNDERBIRD = Markup(
    line="    <p>%s</p>",
    blank="    <br>",
    quote='<blockquote type="cite" cite="mid:">\n%s\n</blockquote>',
    page="""<!DOCTYPE html>
<html>
  <head>

    <meta http-equiv="content-type" content="text/html; charset=UTF-8">
  </head>
  <body>
%s
  </body>
</html>
""",
)
WEBMAIL = Markup(
    line="<div>%s</div>",
    blank="<div>&nbsp;</div>",
    quote='<div style="margin: 10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5;">%s</div>',
    page='<html><head></head><body><div style="font-family: Verdana;font-size: 12.0px;">%s</div></body></html>\n',
)
MAILING = Markup(
    line='<p style="margin:0 0 12px 0;font:15px/22px Arial,Helvetica,sans-serif;color:#333333;">%s</p>',
    blank="",
    quote="%s",
    page="""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN">
<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1.0"><title></title></head>
<body style="margin:0;padding:0;background-color:#f2f4f5;">
<table role="presentation" width="100%%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">
<table role="presentation" width="600" cellpadding="24" cellspacing="0" border="0" bgcolor="#ffffff"><tr><td>
%s
</td></tr></table>
</td></tr></table>
</body></html>
""",
)


def in_html(text: str, markup: Markup, *, before: str = "", after: str = "") -> str:
    """Return a document that shows a text.

    Args:
        text: Plain, lines that begin with `>` quoted.
        markup: The client's.
        before: HTML above the text, for example a letterhead.
        after: HTML below it.
    """
    return markup.page % f"{before}{_lines(text.strip(), markup)}{after}"


def _lines(text: str, markup: Markup) -> str:
    """Mark up lines, those quoted once more deeply as one block."""
    blocks = []
    for is_quoted, group in groupby(text.split("\n"), lambda line: line.startswith(">")):
        lines = list(group)
        if is_quoted:
            blocks.append(markup.quote % _lines("\n".join(re.sub("^> ?", "", line) for line in lines), markup))
        else:
            blocks.extend(markup.line % _inline(line) if line.strip() else markup.blank for line in lines)
    return "\n".join(block for block in blocks if block)


def _inline(line: str) -> str:
    escaped = html.escape(line.strip(), quote=False)
    return _LINK.sub(lambda match: f'<a href="{match[0]}">{match[0]}</a>', escaped)
