"""A conversation as one web page that loads nothing and runs nothing.

Texts are data: HTML in them is shown as text, links that could run something are no links, and
pictures are not fetched. It refuses to know other formats.
"""

from __future__ import annotations

from datetime import datetime
from html import escape

from markdown_it import MarkdownIt

from assistant.chat.chats import ChatInfo
from assistant.chat.conversation import Conversation
from assistant.chat.export.spoken import Spoken, spoken

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif;
  color: light-dark(#1c1c1c, #e4e4e4); background: light-dark(#fff, #161616);
  overflow-wrap: break-word; /* no address or table makes the page wider than a telephone */ }}
h1 {{ font-size: 1.4rem; }}
section {{ border-left: 3px solid #8888; padding: 0 1rem; margin: 1.5rem 0; }}
section.you {{ border-color: #3b82f6; }}
section.adapted {{ border-color: #d97706; }}
h2 {{ font-size: .85rem; margin: 0; opacity: .75; }}
pre {{ overflow-x: auto; padding: .6rem; background: #8882; border-radius: 4px; }}
/* Each paragraph runs in the direction of its own first letter; code never turns round. */
h1, h2, h3, h4, h5, h6, p, li, td, th, .said {{ unicode-bidi: plaintext; text-align: start; }}
pre, code {{ direction: ltr; unicode-bidi: isolate; text-align: left; }}
.said {{ white-space: pre-wrap; overflow-wrap: anywhere; }}
.details {{ font-size: .8rem; opacity: .65; }}
table {{ border-collapse: collapse; display: block; overflow-x: auto; }}
td, th {{ border: 1px solid #8886; padding: .2rem .5rem; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p class="details">{when}</p>
{body}
</body>
</html>
"""


def to_html(conversation: Conversation, info: ChatInfo) -> str:
    title = " ".join(info.title.split()) or "A chat"
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    parts = []
    if info.system:
        parts.append(
            _section("system", "System prompt", f'<p class="said">{escape(info.system)}</p>')
        )
    parts += [_message(message, markdown) for message in spoken(conversation)]
    return _PAGE.format(
        title=escape(title),
        when=f"{datetime.fromtimestamp(info.created):%Y-%m-%d %H:%M}",
        body="\n".join(parts),
    )


def _message(message: Spoken, markdown: MarkdownIt) -> str:
    if not message.is_answer:
        return _section("you", message.who, f'<p class="said">{escape(message.text)}</p>')
    inside = str(markdown.render(message.text))
    if message.details:
        inside += f'<p class="details">{escape(message.details)}</p>'
    return _section("adapted" if message.is_adapted else "base", message.who, inside)


def _section(kind: str, who: str, inside: str) -> str:
    return f'<section class="{kind}">\n<h2>{escape(who)}</h2>\n{inside}\n</section>'
