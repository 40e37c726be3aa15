"""Markup that is broken, hides something, or grows."""

from tests.imap_servers.ugly.write import Mails, mail

_ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
_BODIES = {
    "never_closed": "<html><body><p>Two <b>people <i>are <a href='inside",
    "closed_only": "</p></div></html>" * 1_000,
    "wrongly_nested": "<b><p><table><tr></b>Two</p></td></table>",
    "nested_10000": "<div>" * 10_000 + "Two" + "</div>" * 10_000,
    "tables_nested_3000": "<table><tr><td>" * 3_000 + "Two",
    "quotes_nested_3000": "<blockquote>" * 3_000 + "Two",
    "a_hundred_thousand_breaks": "<br>" * 100_000,
    "angles_only": "<" * 200_000,
    "comment_never_closed": "<p>Two<!-- people",
    "comments_opened": "<!--" * 50_000,
    "conditional_comments": "<!--[if mso]><p>Word</p><![endif]--><p>Two</p>",
    "section_never_closed": "<![CDATA[ two",
    "script": "<script>while(1){}</script><p>Two</p>",
    "style_of_a_megabyte": "<style>" + "p{color:red}" * 90_000 + "</style><p>Two</p>",
    "style_never_closed": "<style>p{" * 1_000,
    "attribute_of_a_megabyte": "<p title='" + "a" * 1_000_000 + "'>Two</p>",
    "attributes_10000": "<p " + " ".join(f"a{n}=1" for n in range(10_000)) + ">Two</p>",
    "picture_in_link": "<img src='data:image/png;base64," + "QUJD" * 100_000 + "'>",
    "entities_that_grow": f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "two">{_ENTITIES}]><html>&e9;</html>',
    "entity_of_a_file": '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><html>&f;</html>',
    "entities_unknown": "&nope; &#99999999999; &#xFFFFFFFF; &#0; &#xD800; &amp&amp",
    "charset_against_the_header": "<meta charset=utf-16><p>Two</p>",
    "nul_bytes": "<p>T\0wo</p><scr\0ipt>x</script>",
    "only_hidden": "<div style='display:none'>Two people</div>",
    "only_a_frame": "<frameset><frame src='http://127.0.0.1/'></frameset>",
    "empty": "<html></html>",
}


def mails() -> Mails:
    """Yield name and bytes of each."""
    for name, body in _BODIES.items():
        yield name, mail(body, Content_Type="text/html; charset=utf-8")
