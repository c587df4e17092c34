"""The policy as a table in the docs: ``python -m douse.console.roles`` writes it into ``docs/console.md``."""

from pathlib import Path

from douse.console.policy import ACTIONS, ROLES, Role

BEGIN, END = "<!-- roles:", "<!-- end of roles -->"


def table() -> str:
    """Roles with what they read, write and do, and what each action means, as Markdown."""
    lines = ["| role | what it is for | sees personal columns | reads | writes | may |", "|---|---|---|---|---|---|"]
    lines += [_row(role) for role in ROLES.values()]
    lines += ["", "| action | what it lets a person do |", "|---|---|"]
    lines += [f"| {name} | {says} |" for name, says in ACTIONS.items()]
    return "\n".join(lines)


def written_into(text: str) -> str:
    """A text with the table between its marks."""
    head, rest = text.split(BEGIN)
    mark, _ = rest.split("\n", 1)
    return f"{head}{BEGIN}{mark}\n{table()}\n{END}{text.split(END)[1]}"


def _row(role: Role) -> str:
    parts = (
        role.name,
        role.says,
        "yes" if role.personal else "",
        ", ".join(sorted(role.reads)),
        ", ".join(sorted(role.writes)),
        ", ".join(sorted(role.actions)),
    )
    return f"| {' | '.join(parts)} |"


if __name__ == "__main__":
    path = Path("docs/console.md")
    path.write_text(written_into(path.read_text(encoding="utf-8")), encoding="utf-8")
