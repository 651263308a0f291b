#!/usr/bin/env python3
"""The documents as a static site, and as manual pages of section 7. Needs cmark-gfm; the site loads nothing from anywhere.

usage: site.py html FOLDER      index.html and a page for each document
       site.py man FOLDER       blockscan-NAME.7 for each document
"""
import html
import pathlib
import posixpath
import re
import shutil
import subprocess
import sys

PROJECT = pathlib.Path(__file__).resolve().parent.parent
DOCS = PROJECT / "docs"
TOP = {"README.md": "index", "CHANGELOG.md": "changelog", "HACKING.md": "hacking", "SECURITY.md": "reporting-security-holes"}
# Not for a terminal: long tables that are made from the rules.
NO_MANUAL = {"README", "alternatives", "rules-audit", "showcase"}

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; display: grid; grid-template-columns: 15rem minmax(0, 1fr); }
nav { padding: 1.5rem 1rem; border-right: 1px solid var(--line); font-size: 0.9rem; }
nav a { display: block; padding: 0.15rem 0.4rem; text-decoration: none; border-radius: 4px; }
nav a[aria-current] { background: var(--soft); font-weight: 600; }
nav h2 { font-size: 0.8rem; margin: 1rem 0.4rem 0.2rem; opacity: 0.7; }
main { padding: 1.5rem 2rem; max-width: 54rem; }
pre { background: var(--soft); padding: 0.8rem; overflow-x: auto; border-radius: 6px; font-size: 0.85rem; line-height: 1.4; }
code { font-family: ui-monospace, monospace; font-size: 0.9em; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border: 1px solid var(--line); padding: 0.3rem 0.6rem; text-align: left; vertical-align: top; }
img { max-width: 100%; }
@media (max-width: 50rem) { body { display: block; } nav { border: 0; border-bottom: 1px solid var(--line); } main { padding: 1rem; } }
@media print { nav { display: none; } body { display: block; } }
"""


def cmark(text, *options):
    return subprocess.run(["cmark-gfm", "-e", "table", "-e", "autolink", *options], input=text, text=True, capture_output=True,
                          check=True).stdout


def documents():
    """{path in the project: name of its page}"""
    pages = {name: page for name, page in TOP.items() if (PROJECT / name).exists()}
    for path in sorted(DOCS.glob("*.md")):
        pages[f"docs/{path.name}"] = "documents" if path.stem == "README" else path.stem
    return pages


def title_of(text, name):
    match = re.search(r"^# (.+)$", text, re.M)
    return re.sub(r"[`*]", "", match.group(1)) if match else name


def anchor(heading):
    """As GitHub names headings, which the documents' links use."""
    text = html.unescape(re.sub(r"<[^>]+>", "", heading)).lower().replace(" ", "-")
    return re.sub(r"[^\w-]", "", text)


def link(target, source, pages):
    """Where a link of the document leads on the site; None: nowhere there."""
    if re.match(r"[a-z]+:|#", target):
        return target
    path, _, heading = target.partition("#")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
    if path in ("docs", "docs/"):
        path = "docs/README.md"
    if path in pages:
        return pages[path] + ".html" + (f"#{heading}" if heading else "")
    if path.startswith("docs/images/"):
        return path[len("docs/"):]
    return None


def page_of(source, pages, navigation):
    text = (PROJECT / source).read_text(encoding="utf-8")
    body = cmark(text, "-t", "html")
    body = re.sub(r"<(h[1-6])>(.*?)</\1>", lambda m: f'<{m[1]} id="{anchor(m[2])}">{m[2]}</{m[1]}>', body)

    def relink(match):
        target = link(html.unescape(match[2]), source, pages)
        return f'{match[1]}="{html.escape(target)}"' if target else f'data-file="{match[2]}"'

    body = re.sub(r'\b(href|src)="([^"]*)"', relink, body)
    return (f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
            f"<title>{html.escape(title_of(text, source))} · blockscan</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
            f"{navigation(pages[source])}\n<main>\n{body}</main>\n</body>\n</html>\n")


def make_site(folder):
    pages = documents()
    titles = {page: title_of((PROJECT / source).read_text(encoding="utf-8"), page) for source, page in pages.items()}
    groups = [("", ["index", "documents"]), ("Documents", sorted(set(titles) - {"index", "documents", "changelog", "hacking",
                                                                                "reporting-security-holes"})),
              ("The project", ["changelog", "hacking", "reporting-security-holes"])]

    def navigation(current):
        out = ["<nav>"]
        for name, members in groups:
            if name:
                out.append(f"<h2>{name}</h2>")
            for page in members:
                here = ' aria-current="page"' if page == current else ""
                out.append(f'<a href="{page}.html"{here}>{html.escape(titles[page])}</a>')
        return "\n".join([*out, "</nav>"])

    folder.mkdir(parents=True, exist_ok=True)
    for source, page in pages.items():
        (folder / f"{page}.html").write_text(page_of(source, pages, navigation), encoding="utf-8")
    shutil.copytree(DOCS / "images", folder / "images", dirs_exist_ok=True)
    return len(pages)


def without_tables(text):
    """A terminal is too narrow for tables: each row is an item, its cells behind the names of their columns."""
    lines, heads, fenced = [], None, False
    for line in text.splitlines():
        fenced ^= line.lstrip().startswith("```")
        if fenced or not line.startswith("|"):
            heads = None
            lines.append(line)
            continue
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if heads is None:
            heads = cells
            lines.append("")
        elif not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            rest = [f"{head}: {cell}" if head and len(heads) > 2 else cell for head, cell in zip(heads[1:], cells[1:]) if cell]
            lines.append(f"- {cells[0]}" + (" — " + "; ".join(rest) if rest else ""))
    return "\n".join(lines) + "\n"


def as_code(match):
    """A line of code that begins as a request does is none."""
    return ".nf\n" + re.sub(r"^([.'])", r"\\&\1", match[1], flags=re.M) + ".fi"


def manual(path):
    """The document as a page of section 7: its links are names, its pictures are left out."""
    text = path.read_text(encoding="utf-8")
    title = title_of(text, path.stem)
    text = re.sub(r"^# .+\n", "", text, count=1, flags=re.M)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"\[([^\]]+)\]\((?!https?:)[^)]*\)", r"\1", text)
    body = cmark(without_tables(text), "-t", "man")
    body = re.sub(r"^\.nf\n(.*?)^\.fi$", as_code, body, flags=re.M | re.S)
    name = f"blockscan-{path.stem}"
    return f'.TH {name.upper()} 7 "" blockscan blockscan\n.SH NAME\n{name} \\- {title}\n.SH DESCRIPTION\n{body}'


def make_manuals(folder):
    folder.mkdir(parents=True, exist_ok=True)
    made = 0
    for path in sorted(DOCS.glob("*.md")):
        if path.stem not in NO_MANUAL:
            (folder / f"blockscan-{path.stem}.7").write_text(manual(path), encoding="utf-8")
            made += 1
    return made


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("html", "man"):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[2])
    made = make_site(folder) if sys.argv[1] == "html" else make_manuals(folder)
    print(f"{made} pages in {folder}")


if __name__ == "__main__":
    main()
